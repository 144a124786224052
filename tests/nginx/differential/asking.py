"""A site's requests, asked of nginx and of the model, and the two answers held against each other.

In comes a site, out go its pairs. The hard thing: half of the sites have a disk of which the model is told everything.
Of the other half it is told nothing, and it says what it takes for granted; nginx is then asked with exactly that: a
file that the model takes for present is made for the one request, and all else is missing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.nginx import Config, ConfigText, Machine, OnDisk, Request, Route, read_config, route
from tests.nginx.differential.happened import Happened
from tests.nginx.differential.judging import difference
from tests.nginx.differential.lab import Lab
from tests.nginx.differential.requests import Sent
from tests.nginx.differential.sites import Site
from tests.nginx.differential.tree import Written

_DEBIAN = (1, 22, 1)

Model = Callable[[Config, Request, Machine], Route]


@dataclass(frozen=True, slots=True)
class Pair:
    """One request: what nginx did, what the model said (None: it raised), and where they differ."""

    sent: Sent
    happened: Happened
    answer: Route | None
    why: str | None
    written: Written


def compare(site: Site, lab: Lab, model: Model = route) -> list[Pair]:
    """Return the pairs of a site."""
    written, happened = lab.run(site)
    config, around = _read(written.text), _machine(site, lab)
    answers = [_ask(model, config, sent.asked(lab.first_port + sent.port), around) for sent in site.requests]
    present = {k: files for k, answer in enumerate(answers) if (files := _taken_for_present(answer, lab.folder))}
    if present:
        again = replace(site, requests=tuple(site.requests[k] for k in present))
        for k, other in zip(present, lab.run(again, list(present.values()))[1], strict=True):
            happened[k] = other
    pairs = zip(site.requests, happened, answers, strict=True)
    return [_pair(sent, real, answer, written) for sent, real, answer in pairs]


def _pair(sent: Sent, real: Happened, answer: Route | Exception, written: Written) -> Pair:
    if isinstance(answer, Exception):
        return Pair(sent, real, None, f"the model raised {answer!r}", written)
    return Pair(sent, real, answer, difference(answer, real, written), written)


def _ask(model: Model, config: Config, request: Request, around: Machine) -> Route | Exception:
    try:
        return model(config, request, around)
    except Exception as error:  # noqa: BLE001 - a model that raises is wrong like one that lies
        return error


def _taken_for_present(answer: Route | Exception, prefix: Path) -> list[tuple[Path, OnDisk]]:
    """Return the files and directories that the model takes for granted. A relative one is below nginx's prefix."""
    if isinstance(answer, Exception):
        return []
    found = (re.fullmatch("(.*) is a (file|directory)", each.what, re.DOTALL) for each in answer.assumed)
    return [(prefix / match[1], OnDisk(match[2])) for match in found if match]


def _machine(site: Site, lab: Lab) -> Machine:
    if site.disk is None:
        return Machine(prefix=str(lab.folder))
    files = [lab.root / name for name in site.disk]
    paths = {str(folder): OnDisk.DIRECTORY for file in [*files, *lab.own_files] for folder in file.parents}
    there = {str(file): OnDisk.FILE for file in [*files, *lab.own_files]}
    return Machine(paths=paths | there, whole_disk=True, prefix=str(lab.folder), version=_DEBIAN)


def _read(text: str) -> Config:
    config = read_config([ConfigText("nginx.conf", text)])
    if config.skipped:
        raise ValueError(f"the model's parser skipped {config.skipped}")
    return config
