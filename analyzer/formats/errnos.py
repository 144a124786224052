"""The names behind `(111: Connection refused)`.

In come messages, out goes the errno's symbolic name. The hard thing is that the number is the system's and the words
are its C library's (macOS refuses with 61, musl may only say "Unknown error"): the words decide, then the number as
Linux counts, or Winsock, whose words are in the language of its Windows. DNS answers look alike and are no errno: their
names are those of RFC 1035, 4.1.1. Other programs than nginx say the words alone, and in their own case: Go in lower
case, Envoy with `_` for every blank.
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
    "Out of memory": "ENOMEM", "Interrupted system call": "EINTR", "Input/output error": "EIO", "I/O error": "EIO",
    "File exists": "EEXIST", "Invalid cross-device link": "EXDEV", "Cross-device link": "EXDEV",
    "Too many open files in system": "ENFILE", "File too large": "EFBIG", "Read-only file system": "EROFS",
    "Device or resource busy": "EBUSY", "Resource busy": "EBUSY", "Directory not empty": "ENOTEMPTY",
    "Function not implemented": "ENOSYS", "Operation not supported": "EOPNOTSUPP", "Not supported": "EOPNOTSUPP",
    "Protocol not available": "ENOPROTOOPT", "Protocol not supported": "EPROTONOSUPPORT",
    "Address family not supported by protocol": "EAFNOSUPPORT", "Message too long": "EMSGSIZE",
    "Message too large": "EMSGSIZE", "Operation now in progress": "EINPROGRESS", "Operation in progress": "EINPROGRESS",
    "Network dropped connection on reset": "ENETRESET", "Connection reset by network": "ENETRESET",
    "Disk quota exceeded": "EDQUOT", "Quota exceeded": "EDQUOT", "Stale file handle": "ESTALE",
    "Operation canceled": "ECANCELED", "No child processes": "ECHILD", "No child process": "ECHILD",
    "Format error": "FORMERR", "Server failure": "SERVFAIL", "Host not found": "NXDOMAIN", "Unimplemented": "NOTIMP",
    "Operation refused": "REFUSED",
}  # fmt: skip
_NUMBERS = {
    "1": "EPERM", "2": "ENOENT", "9": "EBADF", "11": "EAGAIN", "12": "ENOMEM", "13": "EACCES", "20": "ENOTDIR",
    "22": "EINVAL", "24": "EMFILE", "28": "ENOSPC", "32": "EPIPE", "98": "EADDRINUSE", "99": "EADDRNOTAVAIL",
    "101": "ENETUNREACH", "104": "ECONNRESET", "110": "ETIMEDOUT", "111": "ECONNREFUSED", "113": "EHOSTUNREACH",
    "10013": "EACCES", "10048": "EADDRINUSE", "10049": "EADDRNOTAVAIL", "10051": "ENETUNREACH",
    "10053": "ECONNABORTED", "10054": "ECONNRESET", "10060": "ETIMEDOUT", "10061": "ECONNREFUSED",
    "10065": "EHOSTUNREACH",
}  # fmt: skip


def errno_name(message: pl.Expr) -> pl.Expr:
    """Name the errno that a message ends in."""
    by_words = message.str.extract(_SHAPE, 2).replace_strict(_WORDS, default=None, return_dtype=pl.String)
    by_number = message.str.extract(_SHAPE, 1).replace_strict(_NUMBERS, default=None, return_dtype=pl.String)
    return pl.coalesce(by_words, by_number)


_NAMES = (  # those of connections and files; EIO alone is also how engine.io calls its version
    r"\b(E(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|HOST(?:UNREACH|DOWN)|NET(?:UNREACH|DOWN)|ADDR(?:INUSE|NOTAVAIL)"
    r"|NOTFOUND|AI_AGAIN|NOTCONN|PIPE|PROTO|ACCES|PERM|NOENT|MFILE|NFILE|NOBUFS|NOSPC))\b"
)
_SPOKEN = (
    "Connection refused", "Connection timed out", "Connection reset by peer", "No route to host",
    "Network is unreachable", "Broken pipe", "Address already in use", "Too many open files",
)  # fmt: skip
_PYTHONS = r"\[Errno ([0-9]+)\] "  # OSError.__str__ (Objects/exceptions.c); the words behind it may be asyncio's own
_IN_WORDS = {words.lower(): _WORDS[words] for words in _SPOKEN}
_ANY_WORDS = f"({'|'.join(_IN_WORDS)})"


def errno_in(text: pl.Expr) -> pl.Expr:
    """Name the errno that a program speaks of, by its name or in its C library's words."""
    lower = text.str.to_lowercase().str.replace_all("_", " ", literal=True)
    spoken = lower.str.extract(_ANY_WORDS, 1).replace_strict(_IN_WORDS, default=None, return_dtype=pl.String)
    by_number = text.str.extract(_PYTHONS, 1).replace_strict(_NUMBERS, default=None, return_dtype=pl.String)
    return pl.coalesce(text.str.extract(_NAMES, 1), spoken, by_number)
