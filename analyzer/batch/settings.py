"""How logs are read and judged, in values that can be sent to another process or machine.

In: what options say. Out: `Settings`, and a digest of what decides how a line is read. The hard thing is that formats
and rules are code: they travel as the files and texts that they are made of, and are made anew where they are used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from analyzer.catalogue import load_causes
from analyzer.formats import FORMATS, Format
from analyzer.frozen import dataclass
from analyzer.nginx import Config, ConfigText, read_config
from analyzer.own_formats import own_formats
from analyzer.report.grounds import Problem
from analyzer.rule import Rule
from analyzer.signs import Signs, signs_of
from analyzer.sources import declared_formats, several_nginx

__all__ = ["Settings", "digest_of_texts"]

_READER = 1
"""Counts up when the same line comes to mean another event: what was read before is then read anew."""


def digest_of_texts(*texts: str) -> str:
    """Give a digest by which the same texts are known again."""
    told = blake2b(digest_size=16)
    for text in texts:
        told.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))
    return told.hexdigest()


@dataclass(frozen=True, slots=True)
class Settings:
    """What is told of all logs. `configs`: nginx's by name, without secrets; `key`: what secrets are digested with.

    `format_folder` holds formats.toml; `zones` are `ZONE` or `SOURCE=ZONE`.
    """

    key: bytes = field(repr=False)
    format_folder: str
    grammars: tuple[str, ...] = ()
    log_formats: tuple[str, ...] = ()
    rule_folders: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    configs: Mapping[str, str] = field(default_factory=dict)

    def config(self) -> Config | None:
        """Read the configs as one; None where there are none, or those of several nginx."""
        config = self._all_configs()
        return None if several_nginx(config) else config

    def formats(self) -> tuple[Format, ...]:
        """Make the formats that the user brings, and those that the configs declare."""
        own = own_formats(Path(self.format_folder), self.grammars, self.log_formats)
        declared, _ = declared_formats(self._all_configs())
        return (*own, *declared)

    def _all_configs(self) -> Config | None:
        texts = [ConfigText(name, text) for name, text in sorted(self.configs.items())]
        return read_config(texts) if texts else None

    def problems(self) -> tuple[Problem, ...]:
        """Give what of the configs cannot be read, or does not count."""
        config = self._all_configs()
        return (*declared_formats(config)[1], *several_nginx(config))

    def rules(self) -> tuple[Rule, ...]:
        """Load the rules."""
        return tuple(cause.rule for cause in load_causes(self.rule_folders))

    def signs(self) -> Signs:
        """Give the signs of all causes."""
        return signs_of(self.rules())

    def reading(self) -> str:
        """Give a digest of what decides how a line is read."""
        config = self._all_configs()
        declared = [f"{each.name} {each.escape} {each.text}" for each in config.log_formats.values()] if config else []
        installed = [form.name for form in FORMATS]
        own = [*_texts_of(self.grammars, "*.lark"), *_texts_of([self.format_folder], "formats.toml")]
        return digest_of_texts(str(_READER), *installed, *own, *self.log_formats, *declared)

    def judging(self) -> str:
        """Give a digest of what decides how events are judged."""
        causes = [f"{cause.rule.slug} of {cause.origin}" for cause in load_causes(self.rule_folders)]
        rules = [*causes, *_texts_of(self.rule_folders, "*.py")]
        configs = [text for pair in sorted(self.configs.items()) for text in pair]
        return digest_of_texts(version("lasthop"), *rules, *self.zones, *configs)


def _texts_of(places: Sequence[str], pattern: str) -> list[str]:
    paths = [path for place in places for path in _files(Path(place), pattern)]
    return [path.read_text(encoding="utf-8", errors="replace") for path in paths]


def _files(place: Path, pattern: str) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(place.glob(pattern)) if place.is_dir() else []
