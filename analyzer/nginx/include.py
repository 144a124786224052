"""Follows `include`: the files of a bundle become one tree of directives.

In come the files, out go the expanded directives, and the includes that match nothing here. The hard thing: a bundle
lies elsewhere than /etc/nginx. An absolute pattern is matched on the longest common trailing path, a relative one from
the main file's folder (ngx_conf_file.c, `ngx_conf_include`; `ngx_conf_full_name`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from posixpath import dirname, join, normpath

from analyzer.nginx.directives import ConfigFile, Directive, MissingInclude, Skipped

_WILD = frozenset("*?[")


@dataclass(slots=True)
class Expansion:
    """What following the includes of one bundle yields, while it is being followed."""

    files: Sequence[ConfigFile]
    missing: list[MissingInclude] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def expand(self, file: ConfigFile) -> tuple[Directive, ...]:
        """Return the directives of a main file with each include replaced by what it names."""
        self.used.add(file.name)
        return tuple(self._expanded(file.directives, dirname(file.name), (file.name,)))

    def _expanded(self, directives: Sequence[Directive], prefix: str, path: tuple[str, ...]) -> Iterator[Directive]:
        for directive in directives:
            if directive.name == "include" and directive.block is None and directive.args:
                yield from self._included(directive, prefix, path)
            elif directive.block:
                yield replace(directive, block=tuple(self._expanded(directive.block, prefix, path)))
            else:
                yield directive

    def _included(self, include: Directive, prefix: str, path: tuple[str, ...]) -> Iterator[Directive]:
        found = matching(self.files, include.args[0], prefix, include.file)
        if not found:
            self.missing.append(MissingInclude(include.args[0], include.file, include.line))
            yield include
        for file in found:
            self.used.add(file.name)
            if file.name in path:
                self.skipped.append(Skipped(include.file, include.line, f"include of {file.name} goes in a circle"))
                continue
            yield from self._expanded(file.directives, prefix, (*path, file.name))


def matching(files: Sequence[ConfigFile], pattern: str, prefix: str, includer: str) -> list[ConfigFile]:
    """Return the files that a pattern names, sorted as nginx's glob(3) sorts them."""
    wanted = normpath(join(prefix, pattern)).lstrip("/").split("/")
    others = [file for file in files if not (file.name == includer or is_main(file))]
    lengths = {file.name: _common_tail(wanted, file.name.lstrip("/").split("/")) for file in others}
    best = max(lengths.values(), default=0)
    chosen = [file for file in others if lengths[file.name] == best and best]
    if best < len(wanted) and best == 1 and _WILD & set(wanted[-1]):
        chosen = [file for file in chosen if _lies_flat(files) and _has_block(file)]
    return sorted(chosen, key=lambda file: file.name)


def is_main(file: ConfigFile) -> bool:
    """Tell whether a file is an nginx.conf: one that opens http, stream or events itself."""
    return any(directive.name in {"http", "events", "stream"} for directive in file.directives)


def _common_tail(pattern: list[str], name: list[str]) -> int:
    """Count how many parts of two paths agree, from the last one backwards."""
    count = 0
    for wanted, part in zip(reversed(pattern), reversed(name), strict=False):
        if not fnmatchcase(part, wanted) or (part.startswith(".") and not wanted.startswith(".")):
            break
        count += 1
    return count


def _lies_flat(files: Sequence[ConfigFile]) -> bool:
    """Tell whether the bundle has no folders, so that a file's own name is all that a pattern can match."""
    return len({dirname(file.name) for file in files}) == 1


def _has_block(file: ConfigFile) -> bool:
    return any(directive.block is not None for directive in file.directives)
