"""The names behind `(111: Connection refused)`.

In come nginx's messages, out goes the errno's symbolic name. The hard thing is that the number is the system's and the
words are its C library's (macOS refuses with 61, musl may only say "Unknown error"): the words decide, then the number
as Linux counts. DNS answers look alike and are no errno: their names are those of RFC 1035, 4.1.1.
"""

import polars as pl

_SHAPE = r"\(([0-9]+): ([^()]*)\)"

_WORDS = {
    "Operation not permitted": "EPERM", "No such file or directory": "ENOENT", "Permission denied": "EACCES",
    "Resource temporarily unavailable": "EAGAIN", "Not a directory": "ENOTDIR", "Is a directory": "EISDIR",
    "Too many open files": "EMFILE", "No file descriptors available": "EMFILE", "No space left on device": "ENOSPC",
    "Broken pipe": "EPIPE", "File name too long": "ENAMETOOLONG", "Filename too long": "ENAMETOOLONG",
    "Too many levels of symbolic links": "ELOOP", "Symbolic link loop": "ELOOP", "Protocol error": "EPROTO",
    "Address already in use": "EADDRINUSE", "Address in use": "EADDRINUSE",
    "Cannot assign requested address": "EADDRNOTAVAIL", "Can't assign requested address": "EADDRNOTAVAIL",
    "Address not available": "EADDRNOTAVAIL", "Network is down": "ENETDOWN", "Network is unreachable": "ENETUNREACH",
    "Network unreachable": "ENETUNREACH", "Software caused connection abort": "ECONNABORTED",
    "Connection reset by peer": "ECONNRESET", "No buffer space available": "ENOBUFS",
    "Transport endpoint is not connected": "ENOTCONN", "Socket not connected": "ENOTCONN",
    "Connection timed out": "ETIMEDOUT", "Operation timed out": "ETIMEDOUT", "Connection refused": "ECONNREFUSED",
    "Host is down": "EHOSTDOWN", "No route to host": "EHOSTUNREACH", "Host is unreachable": "EHOSTUNREACH",
    "Bad file descriptor": "EBADF", "Invalid argument": "EINVAL", "Cannot allocate memory": "ENOMEM",
    "Format error": "FORMERR", "Server failure": "SERVFAIL", "Host not found": "NXDOMAIN", "Unimplemented": "NOTIMP",
    "Operation refused": "REFUSED",
}  # fmt: skip
_LINUX = {
    "1": "EPERM", "2": "ENOENT", "9": "EBADF", "11": "EAGAIN", "12": "ENOMEM", "13": "EACCES", "20": "ENOTDIR",
    "22": "EINVAL", "24": "EMFILE", "28": "ENOSPC", "32": "EPIPE", "98": "EADDRINUSE", "99": "EADDRNOTAVAIL",
    "101": "ENETUNREACH", "104": "ECONNRESET", "110": "ETIMEDOUT", "111": "ECONNREFUSED", "113": "EHOSTUNREACH",
}  # fmt: skip


def errno_name(message: pl.Expr) -> pl.Expr:
    """Name the errno that a message ends in."""
    by_words = message.str.extract(_SHAPE, 2).replace_strict(_WORDS, default=None, return_dtype=pl.String)
    by_number = message.str.extract(_SHAPE, 1).replace_strict(_LINUX, default=None, return_dtype=pl.String)
    return pl.coalesce(by_words, by_number)


_NAMES = r"\b(E[A-Z]{4,14})\b"
_IN_WORDS = (
    r"(Connection refused|Connection timed out|Connection reset by peer|No route to host|Network is unreachable)"
)


def errno_of_words(words: pl.Expr) -> pl.Expr:
    """Name the errno that a client speaks of, by its name or in its C library's words."""
    spoken = words.str.extract(_IN_WORDS, 1).replace_strict(_WORDS, default=None, return_dtype=pl.String)
    return pl.coalesce(words.str.extract(_NAMES, 1), spoken)
