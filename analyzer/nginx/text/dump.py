"""An `nginx -T` dump, cut into the files it prints.

In comes a text of the bundle, out come the config files in it: one, or as many as the dump names. The hard thing: what
nginx says on standard error (`2>&1`) may stand before, behind or amid the files, and nginx adds one newline to each
file (src/core/nginx.c, `dump_config`).
"""

import re

from analyzer.nginx.text.directives import ConfigFile, ConfigText
from analyzer.nginx.text.syntax import read_text

_HEADER = re.compile(r"^# configuration file (?P<name>/[^\r\n]*):[ \t]*\r?\n?", re.MULTILINE)
_NOISE = re.compile(
    r"^(?:nginx: (?:the configuration file|configuration file|\[\w+\]).*|--- std(?:err|out))(?:\r?\n|\Z)", re.MULTILINE
)


def is_dump(text: str) -> bool:
    """Tell whether a text holds files that `nginx -T` printed."""
    return _HEADER.search(text) is not None


def files_of(bundle_text: ConfigText) -> tuple[ConfigFile, ...]:
    """Return the config files of one text of the bundle."""
    if not is_dump(bundle_text.text):
        return (read_file(bundle_text.name, bundle_text.text, bundle_text.name),)
    return tuple(_dumped_files(bundle_text))


def read_file(name: str, text: str, source: str, source_line: int = 1, interrupted: tuple[int, ...] = ()) -> ConfigFile:
    """Read one config file's text."""
    directives, skipped = read_text(name, text)
    return ConfigFile(name, text, directives, skipped, source, source_line, interrupted)


def _dumped_files(dump: ConfigText) -> list[ConfigFile]:
    headers = list(_HEADER.finditer(dump.text))
    ends = [header.start() for header in headers[1:]] + [len(dump.text)]
    files: dict[str, ConfigFile] = {}
    for header, end in zip(headers, ends, strict=True):
        text, interrupted = _without_noise(dump.text[header.end() : end])
        first_line = dump.text.count("\n", 0, header.end()) + 1
        name = header["name"]
        files.setdefault(name, read_file(name, _without_added_newline(text), dump.name, first_line, interrupted))
    return list(files.values())


def _without_noise(text: str) -> tuple[str, tuple[int, ...]]:
    """Take out what nginx said on standard error; return the lines of the rest before which it stood."""
    kept, interrupted, at = "", [], 0
    for noise in _NOISE.finditer(text):
        kept += text[at : noise.start()]
        interrupted.append(kept.count("\n") + 1)
        at = noise.end()
    return kept + text[at:], tuple(interrupted)


def _without_added_newline(text: str) -> str:
    return text.removesuffix("\r\n") if text.endswith("\r\n") else text.removesuffix("\n")
