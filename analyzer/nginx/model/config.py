"""The config of a bundle as one value: files, the expanded tree, and what hangs in it.

In come the texts that look like configs, out goes a Config. The hard thing: a bundle may hold a whole tree, a dump, or
three lines of a location; all of them end up under one root, and what nothing includes is not taken for running.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from analyzer.frozen import dataclass
from analyzer.nginx.model.declared import declared_in
from analyzer.nginx.model.geo import Geo, geo_of
from analyzer.nginx.model.include import Expansion
from analyzer.nginx.model.logs import AccessLog, LogFormat, access_logs_of, log_formats_of
from analyzer.nginx.model.machines import Chosen, one_dump, one_main, only_enabled
from analyzer.nginx.model.maps import Map, map_of
from analyzer.nginx.model.sockets import Socket, sockets_of
from analyzer.nginx.model.split_clients import SplitClients, split_clients_of
from analyzer.nginx.model.upstreams import Upstream, upstream_of
from analyzer.nginx.text.directives import NOT_INCLUDED, ConfigFile, ConfigText, Directive, MissingInclude, Skipped
from analyzer.nginx.text.dump import files_of
from analyzer.said import said

Scope = tuple[Directive, ...]
"""A block with all the blocks around it, outermost first. The first is the root, which has no name."""


@dataclass(frozen=True, slots=True)
class Config:
    """What nginx was told, as far as the bundle shows it."""

    files: tuple[ConfigFile, ...]
    root: Directive
    skipped: tuple[Skipped, ...]
    missing_includes: tuple[MissingInclude, ...]
    servers: tuple[Scope, ...]
    """Every http server block, with the blocks around it, in the order nginx meets them."""
    sockets: tuple[Socket, ...]
    """The addresses and ports that the servers answer on."""
    upstreams: Mapping[str, Upstream]
    maps: Mapping[str, Map]
    """The maps by the variable they set, without its dollar."""
    geos: Mapping[str, Geo]
    split_clients: Mapping[str, SplitClients]
    declared: frozenset[str]
    """The variables that the config itself makes; they are empty until something sets them."""
    log_formats: Mapping[str, LogFormat]
    """The formats by name, those of configs that are not read among them: a log may be theirs."""
    access_logs: tuple[AccessLog, ...]
    whole: tuple[str, ...] = ()
    """Where there are several nginx, the files or dumps that are a whole config each; the first one is read."""

    @property
    def directives(self) -> tuple[Directive, ...]:
        """The expanded tree."""
        return self.root.block or ()

    @property
    def is_fragment(self) -> bool:
        """Whether the http block around the servers is not in the bundle."""
        return not any(directive.name == "http" for directive in self.directives)

    def text(self, name: str) -> str | None:
        """Return the text of a config file."""
        return next((file.text for file in self.files if file.name == name), None)

    def left_out(self, block: Directive) -> Skipped | None:
        """Return the ellipsis that stands right inside a block, and may stand for anything."""
        text = self.text(block.file) or ""
        inside = range(block.line, block.line + text.count("\n", block.start, block.end) + 1)
        nested = [child for child in block.block or () if child.block is not None and child.file == block.file]
        spans = [range(each.line, each.line + text.count("\n", each.start, each.end) + 1) for each in nested]
        here = (skip for skip in self.skipped if skip.hides_lines and skip.file == block.file and skip.line in inside)
        return next((skip for skip in here if not any(skip.line in span for span in spans)), None)

    def place(self, file: str, line: int) -> tuple[str, int]:
        """Return where in the bundle a line of a config file stands: in its own file, or in the dump."""
        found = next((known for known in self.files if known.name == file), None)
        return found.place(line) if found else (file, line)


def scopes(scope: Scope, *through: str) -> Iterator[Scope]:
    """Yield the blocks right inside a scope, and those inside blocks of the names given."""
    for child in scope[-1].block or ():
        if child.block is None:
            continue
        yield (*scope, child)
        if child.name in through:
            yield from scopes((*scope, child), *through)


def read_config(texts: Sequence[ConfigText], empty: frozenset[str] = frozenset()) -> Config:
    """Read all config texts of a bundle into one config; `empty` are patterns of includes that match no file."""
    joined = one_dump(files_of(text) for text in texts)
    return config_of(joined.files, joined.skipped, joined.rivals, empty)


def config_of(
    files: tuple[ConfigFile, ...],
    skipped: tuple[Skipped, ...] = (),
    dumps: tuple[tuple[ConfigFile, ...], ...] = (),
    empty: frozenset[str] = frozenset(),
) -> Config:
    """Join config files along their includes; `skipped` was left out before, `dumps` are another nginx."""
    chosen = one_main(files)
    expansion = Expansion(chosen.files, empty)
    directives: list[Directive] = []
    for main in chosen.mains:
        directives += _unused(main, expansion)
    loose = _loose(chosen.files, expansion)
    if not chosen.mains or (expansion.missing and not _has_server(directives)):
        enabled, left = only_enabled(loose)
        directives += [directive for file in enabled for directive in _unused(file, expansion)]
        expansion.skipped += left
    else:
        expansion.skipped += [
            Skipped(
                file.name,
                1,
                said("no include of {name} {not_included}", name=chosen.mains[0].name, not_included=NOT_INCLUDED),
            )
            for file in loose
        ]
    read = (skip for file in chosen.files for skip in file.skipped)
    missing = tuple(dict.fromkeys(expansion.missing))
    config = _config(files, tuple(directives), (*skipped, *chosen.skipped, *read, *expansion.skipped), missing)
    return _with_rivals(config, chosen, files, dumps)


def _with_rivals(
    config: Config, chosen: Chosen, files: tuple[ConfigFile, ...], dumps: Sequence[tuple[ConfigFile, ...]]
) -> Config:
    """Name the whole configs that are not read, and take their log formats all the same."""
    others = [directive for file in chosen.rivals for directive in Expansion(files).expand(file)]
    others += [directive for dump in dumps for directive in config_of(dump).directives]
    if not others:
        return config
    read = [main.name for main in chosen.mains if "http" in main.opens]
    return replace(
        config,
        whole=(*read, *(file.name for file in chosen.rivals), *(dump[0].source for dump in dumps)),
        log_formats=log_formats_of((*config.directives, *others)),
        access_logs=access_logs_of((*config.directives, *others)),
    )


def _config(
    files: tuple[ConfigFile, ...],
    directives: tuple[Directive, ...],
    skipped: tuple[Skipped, ...],
    missing: tuple[MissingInclude, ...],
) -> Config:
    root = Directive("", (), "", 0, 0, 0, 0, (), directives)
    blocks = list(scopes((root,), "http"))
    maps = (map_of(scope[-1]) for scope in blocks if scope[-1].name == "map")
    geos = (geo_of(scope[-1]) for scope in blocks if scope[-1].name == "geo")
    splits = (split_clients_of(scope[-1]) for scope in blocks if scope[-1].name == "split_clients")
    servers = tuple(scope for scope in blocks if scope[-1].name == "server")
    upstreams = (upstream_of(scope[-1]) for scope in blocks if scope[-1].name == "upstream")
    return Config(
        files=files,
        root=root,
        skipped=skipped,
        missing_includes=missing,
        servers=servers,
        sockets=sockets_of(servers),
        upstreams={group.name: group for group in upstreams},
        maps={entry.variable.lower(): entry for entry in maps if entry is not None},
        geos={entry.variable.lower(): entry for entry in geos if entry is not None},
        split_clients={entry.variable.lower(): entry for entry in splits if entry is not None},
        declared=declared_in(directives),
        log_formats=log_formats_of(directives),
        access_logs=access_logs_of(directives),
    )


def _loose(files: Sequence[ConfigFile], expansion: Expansion) -> list[ConfigFile]:
    """Return the files that no main file reaches; those first that others of them do not include."""
    loose = [file for file in files if file.name not in expansion.used]
    probe = Expansion(files)
    included: set[str] = set()
    for file in loose:
        probe.used.clear()
        probe.expand(file)
        included |= probe.used - {file.name}
    left = [file for file in loose if file.name not in included] or loose[:1]
    return [file for file in left if _stands_alone(file)] or left


def _stands_alone(file: ConfigFile) -> bool:
    """Tell whether a file says something by itself; a list of bare settings waits to be included somewhere."""
    return any(directive.block is not None or directive.name == "log_format" for directive in file.directives)


def _has_server(directives: Sequence[Directive]) -> bool:
    return any(inner.name == "server" for directive in directives for inner in directive.walk())


def _unused(file: ConfigFile, expansion: Expansion) -> tuple[Directive, ...]:
    return () if file.name in expansion.used else expansion.expand(file)
