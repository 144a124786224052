"""The PCRE2 library that Debian's nginx is linked with, called as nginx calls it (ngx_regex.c)."""

import ctypes
from ctypes.util import find_library
from functools import cache

_CASELESS = 8
_UNSET = ctypes.c_size_t(-1).value

Spans = tuple[tuple[int, int], ...]


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(find_library("pcre2-8") or "libpcre2-8.so.0")
    library.pcre2_compile_8.restype = ctypes.c_void_p
    library.pcre2_match_data_create_from_pattern_8.restype = ctypes.c_void_p
    library.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(ctypes.c_size_t)
    return library


class Pcre2:
    """One pattern. `groups` is None where PCRE2 takes it for invalid."""

    def __init__(self, pattern: bytes, *, ignore_case: bool = False) -> None:
        library = _library()
        error, at = ctypes.c_int(), ctypes.c_size_t()
        options = ctypes.c_uint32(_CASELESS if ignore_case else 0)
        size = ctypes.c_size_t(len(pattern))
        code = library.pcre2_compile_8(pattern, size, options, ctypes.byref(error), ctypes.byref(at), None)
        self.code = ctypes.c_void_p(code)
        self.data = ctypes.c_void_p(library.pcre2_match_data_create_from_pattern_8(self.code, None)) if code else None

    @property
    def is_valid(self) -> bool:
        """Whether nginx would start with it."""
        return self.data is not None

    def search(self, subject: bytes) -> Spans | int | None:
        """Return the spans of the match and of its groups, None for no match, or the number of an error."""
        library = _library()
        size = ctypes.c_size_t(len(subject))
        code = library.pcre2_match_8(self.code, subject, size, ctypes.c_size_t(0), 0, self.data, None)
        if code <= 0:
            return None if code == -1 else int(code)
        places = library.pcre2_get_ovector_pointer_8(self.data)
        ends = [places[index] for index in range(2 * library.pcre2_get_ovector_count_8(self.data))]
        signed = [-1 if end == _UNSET else end for end in ends]
        return tuple(zip(signed[::2], signed[1::2], strict=True))

    def __del__(self) -> None:
        if self.data is not None:
            _library().pcre2_match_data_free_8(self.data)
            _library().pcre2_code_free_8(self.code)
