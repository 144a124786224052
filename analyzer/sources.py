"""What each file of the bundle is: nginx config, or a log in a format found by trial, never by name.

In: a `Bundle`. Out: `Sources`: the config as one model, and each log with its formats in the order of trial and the
reason. The hard thing: files are mixed, so the trial on a sample only sets the order; the format is decided per record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

import polars as pl

from analyzer.ahead import ahead
from analyzer.blocks import BLOCK_BYTES, Block, read_blocks, read_texts
from analyzer.bundle import Bundle, BundleFile, first_of, open_bundle
from analyzer.documents import Document, document_of
from analyzer.encodings import encoding_of
from analyzer.errors import GrammarError
from analyzer.exports import Export, export_of
from analyzer.formats import FORMATS, Format, from_log_format
from analyzer.formats.format import may_read
from analyzer.frozen import dataclass
from analyzer.nginx import Config, ConfigText, looks_like_config, read_config
from analyzer.pastes import Line, Paste, tell_apart
from analyzer.ranking import Kinds, claiming, ranking_of
from analyzer.records import plain_texts
from analyzer.report.grounds import Problem
from analyzer.said import joined, said, term
from analyzer.schema import KIND, LINE, RAW, SERVICE, Hop, Kind, schema_of
from analyzer.signs import Signs
from analyzer.streams import Streams
from analyzer.wrapping import Wrapping, inner_of, services_of, wrapping_of

_SAMPLE_BYTES = 256 * 1024
_SAMPLE_LINES = 200
_TWO = 2
_HEAD = 8192
_CONFIG_BYTES = 16 * 1024 * 1024
_PASTE_BYTES = 256 * 1024
_SPEAKS_FOR_THE_FILE = 0.05


@dataclass(frozen=True, slots=True)
class Log:
    """A log: its formats in the order of trial, and why; `candidates` are all that its lines may yet turn out to be.

    `assembler` is the format whose way of joining lines holds for the file, `assemblers` those of its services, where
    its `wrapping` names any; `is_backend`: a backend's own log, `backends`: its services that are backends.
    `document`: the file is one, and not lines.
    """

    file: BundleFile
    formats: tuple[Format, ...]
    candidates: tuple[Format, ...]
    assembler: Format
    is_backend: bool
    why: str
    backends: frozenset[str] = frozenset()
    assemblers: Mapping[str, Format] = field(default_factory=dict)
    wrapping: Wrapping = field(default_factory=Wrapping)
    document: Document | None = None
    export: Export | None = None

    @property
    def line_by_line(self) -> bool:
        """Whether each line is a record by itself, as it stands in the file."""
        bare = not (self.wrapping.layers or self.wrapping.entities or self.wrapping.cut or self.assemblers)
        return bare and self.document is None and self.assembler.assembly.one_line_each

    @property
    def streams(self) -> Streams:
        """What makes records of its lines."""
        return Streams(self.assembler, self.assemblers, newest_first=self.wrapping.newest_first)

    def blocks(self) -> Iterator[Block]:
        """Its lines, as what exported them gave them out."""
        return _blocks(self.file, self.export, BLOCK_BYTES)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file of nginx config: how many lines of it are config, and its text, byte for byte."""

    name: str
    lines: int
    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The bundle's files by what they are; `pastes`, by their name, are config and log at once."""

    config: Config | None
    config_files: tuple[ConfigFile, ...]
    logs: tuple[Log, ...]
    problems: tuple[Problem, ...]
    pastes: Mapping[str, Paste]


def recognise(
    bundle: Bundle, config_paths: Sequence[str] = (), signs: Signs = (), own: Sequence[Format] = ()
) -> Sources:
    """Tell configs from logs, and find each log's formats. `config_paths` are read as configs, come what may.

    `own` are formats that the user brings: they are tried with those that ship.

    A line that holds a sign of a cause is a log's, however little else there is.
    """
    documents, pastes, configs = _told_apart(bundle, own)
    named, problems = configs_named(config_paths)
    configs |= named
    texts = [ConfigText(name, text) for name, text in sorted(configs.items())]
    config = read_config(texts) if texts else None
    declared, unreadable = declared_formats(config)
    several = several_nginx(config)

    def told(file: BundleFile) -> Log:
        document = documents.get(file.name)
        return _as_document(file, document) if document else _recognise_log(file, (*own, *declared, *FORMATS), signs)

    logs = tuple(ahead(told, _logs(bundle, configs, pastes)))
    counted = tuple(ConfigFile(text.name, _config_lines(text, pastes), text.text) for text in texts)
    return Sources(None if several else config, counted, logs, problems + unreadable + several, pastes)


def _told_apart(bundle: Bundle, own: Sequence[Format]) -> tuple[dict[str, Document], dict[str, Paste], dict[str, str]]:
    """What of the files is a document, what is config and log at once, and the texts of all that is config."""
    documents = {file.name: document for file in bundle.files if (document := document_of(file.beginning()))}
    lined = [file for file in bundle.files if file.name not in documents]
    pastes = {file.name: paste for file in lined if (paste := _paste(file, (*own, *FORMATS)))}
    unmixed = [file for file in lined if file.name not in pastes]
    configs = {file.name: text for file in unmixed if (text := _config_text(file)) is not None}
    return documents, pastes, configs | {name: paste.config_text for name, paste in pastes.items()}


def configs_of(bundle: Bundle, own: Sequence[Format] = ()) -> dict[str, str]:
    """Give the text of every nginx config in a bundle, by the file's name."""
    return _told_apart(bundle, own)[2]


def configs_named(paths: Sequence[str]) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Read these as nginx configs, come what may: their texts by name, and what of them could not be read."""
    if not paths:
        return {}, ()
    with open_bundle(paths) as named:
        return {file.name: _text(file) for file in named.files}, named.problems


def _logs(bundle: Bundle, configs: Mapping[str, str], pastes: Mapping[str, Paste]) -> Iterator[BundleFile]:
    for file in bundle.files:
        if file.again:
            continue
        if file.name in pastes:
            yield bundle.keep(file.name, pastes[file.name].log_text)
        elif file.name not in configs:
            yield file


def _config_lines(text: ConfigText, pastes: Mapping[str, Paste]) -> int:
    paste = pastes.get(text.name)
    return len(paste.config) if paste else len(text.text.removesuffix("\n").split("\n"))


def _paste(file: BundleFile, known: Sequence[Format]) -> Paste | None:
    """What is small enough to be a paste, and holds config among other lines."""
    text = file.text(_PASTE_BYTES)
    return tell_apart(text, lambda lines, outside: _read_lines(lines, outside, known)) if text else None


def _read_lines(lines: Sequence[str], outside: Sequence[str], known: Sequence[Format]) -> list[Line]:
    """Say of each line whether a log tells something with it; `outside` are those that cannot be config."""
    ranking = ranking_of(known, ())
    plainly = pl.DataFrame({RAW.name: outside}, schema={RAW.name: RAW.dtype})
    wrapping = wrapping_of(plainly, ranking)
    texts = inner_of(wrapping.opened(pl.DataFrame({RAW.name: lines}, schema={RAW.name: RAW.dtype})))
    told = {prose: _telling(texts, [form for form in known if form.reads_prose == prose]) for prose in (False, True)}
    by_line = zip(lines, told[False], told[True], strict=True)
    return [Line(text, plain or prose, in_prose=not plain) for text, plain, prose in by_line]


def _telling(texts: pl.Series, formats: Iterable[Format]) -> pl.Series:
    """Which lines tell more than words to one of these formats."""
    plain = plain_texts(texts)
    fitting = [form for form in formats if may_read(form, plain)]
    if not fitting:
        return pl.repeat(value=False, n=len(texts), eager=True)
    kinds = [form.read(texts.to_frame())[KIND.name].alias(form.name) for form in fitting]
    return pl.DataFrame(kinds).select(pl.any_horizontal((pl.all() != Kind.MESSAGE).fill_null(value=False))).to_series()


def _config_text(file: BundleFile) -> str | None:
    head = "\n".join(_sample(file)[RAW.name])
    return _text(file) if looks_like_config(head) else None


def _text(file: BundleFile) -> str:
    """A whole config, byte for byte, up to a size that no config has: patches are made of it."""
    with file.open() as content:
        raw = first_of(content, _CONFIG_BYTES)
    return raw.decode(encoding_of(raw[:_HEAD]), errors="replace").removeprefix("\ufeff")


def declared_formats(config: Config | None) -> tuple[tuple[Format, ...], tuple[Problem, ...]]:
    """The formats that the config declares; one that cannot be read is told, its lines are read as far as they go."""
    formats: list[Format] = []
    problems: list[Problem] = []
    for item in config.log_formats.values() if config else ():
        try:
            formats.append(from_log_format(item.name, item.text, item.escape))
        except GrammarError as error:
            what = said("declares a log_format that cannot be read: {error}", error=str(error))
            problems.append(
                Problem(f"{item.file}:{item.line}", what, said("Lines in it are read as far as they go."), lost=False)
            )
    return tuple(formats), tuple(problems)


def several_nginx(config: Config | None) -> tuple[Problem, ...]:
    """Two configs with an http block each are two nginx: which of them a log speaks of cannot be told."""
    mains = sorted(config.whole) if config else []
    if len(mains) < _TWO:
        return ()
    what = said(
        "is one of {count} nginx configs in the bundle, and the logs do not tell which is theirs", count=len(mains)
    )
    return (Problem(mains[0], what, said("Hand in one nginx at a time; the configs were left out of the verdict.")),)


def _as_document(file: BundleFile, document: Document) -> Log:
    form = document.format
    return Log(
        file=file,
        formats=(form,),
        candidates=(form,),
        assembler=form,
        is_backend=False,
        why=said("is one {title}, by its beginning", title=term(form.title)),
        document=document,
    )


def _recognise_log(file: BundleFile, known: tuple[Format, ...], signs: Signs) -> Log:
    export = export_of(file.beginning())
    sample = _sample(file, export)
    ranking = ranking_of(known, signs)
    wrapping = wrapping_of(sample, ranking)
    opened = wrapping.opened(sample)
    if wrapping.cut:
        opened = _whole(opened, wrapping, known[0])
    texts = inner_of(opened)
    ranked = claiming(ranking.all(texts))
    formats = tuple(sorted((form for _, form in ranked), key=lambda form: form.reads_prose))
    share, best = ranked[0] if ranked else (0.0, known[0])
    reads = said(
        "reads {percent}% of a sample of {lines} lines as {title}",
        percent=f"{share:.0%}"[:-1],
        lines=len(texts),
        title=term(best.title),
    )
    told = (*([said("is {title}", title=term(export.title))] if export else []), *wrapping.told)
    by_service = {name: inner_of(opened.filter(SERVICE.col == name)) for name in services_of(opened)}
    nameless = inner_of(opened.filter(SERVICE.col.is_null())) if by_service else texts
    in_services = ranking_of(formats, signs)
    return Log(
        file=file,
        formats=formats,
        candidates=known,
        assembler=wrapping.around(_assembler(ranked, best)),
        is_backend=_speaks_as_backend(nameless, formats, ranking.kinds),
        backends=frozenset(
            name for name, lines in by_service.items() if _speaks_as_backend(lines, formats, ranking.kinds)
        ),
        assemblers={
            name: wrapping.around(_assembler(in_services.all(lines), best)) for name, lines in by_service.items()
        },
        wrapping=wrapping,
        why=joined([reads if ranked else said("no format reads its lines"), *told], "{before}; {last}"),
        export=export,
    )


def _assembler(ranked: Sequence[tuple[float, Format]], best: Format) -> Format:
    """The format whose way of joining lines holds for all of them: one that joins objects, where there is any."""
    objects = (form for _, form in sorted(ranked, key=lambda pair: pair[1].reads_prose) if form.assembly.objects)
    return next(objects, ranked[0][1] if ranked else best)


def _whole(lines: pl.DataFrame, wrapping: Wrapping, form: Format) -> pl.DataFrame:
    """The records that a sample's lines make, where they were cut."""
    streams = Streams(wrapping.around(form), {})
    return wrapping.whole(pl.concat([streams.take(lines), streams.rest()], how="diagonal"))


def _speaks_as_backend(sample: pl.Series, formats: Sequence[Format], kinds: Kinds) -> bool:
    """Whether a backend wrote the file: what is no access line speaks with a backend's words, and none with nginx's."""
    if any(form.hop == Hop.CLIENT for form in formats):
        return False
    rest = sample
    for form in formats:
        if form.hop == Hop.NGINX and len(rest):
            read = kinds(form, rest)
            if (read == Kind.NGINX_ERROR).any():
                return False
            rest = rest.filter(read.is_null())
    spoken = [form for form in formats if form.hop == Hop.BACKEND][-1:] if len(rest) else []
    return any(form.affinity(rest) >= _SPEAKS_FOR_THE_FILE for form in spoken)


def formats_for(
    unread: pl.DataFrame, candidates: Iterable[Format], tried: tuple[Format, ...], signs: Signs
) -> tuple[Format, ...]:
    """Formats that read what was left over: a file may change its format, or hold two."""
    sample = inner_of(unread).gather_every(max(1, unread.height // _SAMPLE_LINES))
    others = [form for form in candidates if form not in tried]
    return tuple(form for _, form in claiming(ranking_of(others, signs).all(sample)))


def _sample(file: BundleFile, export: Export | None = None) -> pl.DataFrame:
    """The first lines, and as many again spread over the first block."""
    block = next(_blocks(file, export), None)
    if block is None:
        return pl.DataFrame(schema=schema_of((LINE, RAW)))
    lines = block.lines.filter(RAW.col.str.strip_chars() != "")
    rest = lines.slice(_SAMPLE_LINES)
    if rest.is_empty():
        return lines
    spread = rest.select_seq(pl.all().gather_every(max(1, rest.height // _SAMPLE_LINES)))
    return pl.concat([lines.head(_SAMPLE_LINES), spread])


def _blocks(file: BundleFile, export: Export | None, size: int = _SAMPLE_BYTES) -> Iterator[Block]:
    if export is None:
        return read_blocks(file, size)
    return (Block(lines) for lines in export.frames(read_texts(file)))
