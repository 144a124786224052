"""Follows `include`: the files of a bundle become one tree of directives.

In come the files, out go the expanded directives, and the includes that match nothing here. The hard thing: a bundle
lies elsewhere than /etc/nginx. An absolute pattern is matched on the longest common trailing path, a relative one from
the main file's folder (ngx_conf_file.c, `ngx_conf_include`; `ngx_conf_full_name`). Within a dump each path is whole,
and a pattern that matches nothing is no gap: nginx has printed all that it read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase
from posixpath import commonprefix, dirname, join, normpath

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import ConfigFile, Directive, MissingInclude, Skipped
from analyzer.said import said

_WILD = frozenset("*?[")


@dataclass(slots=True)
class Expansion:
    """What following the includes of one bundle yields, while it is being followed."""

    files: Sequence[ConfigFile]
    empty: frozenset[str] = frozenset()
    """Patterns that surely match nothing: their folder was looked into."""
    missing: list[MissingInclude] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def expand(self, file: ConfigFile) -> tuple[Directive, ...]:
        """Return the directives of a main file with each include replaced by what it names."""
        self.used.add(file.name)
        return tuple(self._expanded(file.directives, file, (file.name,)))

    def _expanded(
        self, directives: Sequence[Directive], main: ConfigFile, path: tuple[str, ...]
    ) -> Iterator[Directive]:
        for directive in directives:
            if directive.name == "include" and directive.block is None and directive.args:
                yield from self._included(directive, main, path)
            elif directive.block:
                block = tuple(self._expanded(directive.block, main, path))
                yield directive if block == directive.block else replace(directive, block=block)
            else:
                yield directive

    def _included(self, include: Directive, main: ConfigFile, path: tuple[str, ...]) -> Iterator[Directive]:
        pattern = include.args[0]
        found = matching(self.files, pattern, main, include.file)
        known = pattern in self.empty or (main.dumped and _WILD & set(pattern))
        if not found and not known:
            self.missing.append(MissingInclude(pattern, include.file, include.line))
            yield include
        for file in found:
            self.used.add(file.name)
            if file.name in path:
                self.skipped.append(
                    Skipped(include.file, include.line, said("include of {name} goes in a circle", name=file.name))
                )
                continue
            yield from self._expanded(file.directives, main, (*path, file.name))


def matching(files: Sequence[ConfigFile], pattern: str, main: ConfigFile, includer: str) -> list[ConfigFile]:
    """Return the files that a pattern names, sorted as nginx's glob(3) sorts them."""
    wanted = normpath(join(dirname(main.name), pattern)).lstrip("/").split("/")
    others = [file for file in files if file.dumped == main.dumped and not _is_another_main(file, main)]
    tails = {file.name: _common_tail(wanted, file.name.lstrip("/").split("/")) for file in others}
    whole = max(tails.values(), default=0) == len(wanted)
    if not whole:
        tails.pop(includer, None)
    best = max(tails.values(), default=0)
    if not best or (main.dumped and not whole):
        return []
    chosen = _nearest([file for file in others if tails.get(file.name) == best], best, main)
    if not whole and best == 1 and _WILD & set(wanted[-1]):
        chosen = [file for file in chosen if _lies_flat(files) and _has_block(file)]
    return sorted(chosen, key=lambda file: file.name.encode())


def _nearest(files: Sequence[ConfigFile], tail: int, main: ConfigFile) -> list[ConfigFile]:
    """Keep the files of the main file's own machine, where others of the same tail lie in another folder."""
    homes = {file.name: tuple(file.name.split("/")[:-tail]) for file in files}
    own = tuple(main.name.split("/")[:-1])
    near = {name: len(commonprefix([home, own])) for name, home in homes.items()}
    return [file for file in files if near[file.name] == max(near.values())]


def is_main(file: ConfigFile) -> bool:
    """Tell whether a file is an nginx.conf: one that opens http, stream or events itself."""
    return bool(file.opens)


def _is_another_main(file: ConfigFile, main: ConfigFile) -> bool:
    """Tell whether a file is a whole config beside the main one; what opens only `stream` may be a part of it."""
    return is_main(file) and (not is_main(main) or bool(file.opens & main.opens))


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
