"""All that a store tells, as one history: which incidents came how often, and how long each lasted.

In: the manifest, with what was judged of every day. Out: a `History`. The hard thing is midnight: an outage that lasts
over it is one, although two days were judged; so failures of all days are joined by time, and not the days' incidents.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from itertools import pairwise
from typing import cast

import polars as pl

from analyzer.batch.loading import ledger_of
from analyzer.batch.manifest import PULSES_IN, UNDATED, Manifest
from analyzer.batch.place import Place
from analyzer.batch.pulses import PULSES
from analyzer.batch.secrets import OutOfStore
from analyzer.batch.spells import Asked, Failure, Spell, spells_of
from analyzer.batch.verdicts import FINDINGS
from analyzer.frozen import dataclass
from analyzer.report.grounds import Problem
from analyzer.report.history import Coverage, DayTold, Episode, History, OpenQuestion, Recurring
from analyzer.report.json_text import Json
from analyzer.report.model import Confidence, Target
from analyzer.said import Data, of_data, said
from analyzer.schema import (
    ANSWER,
    COUNT,
    HOP,
    HOST,
    PATH_KEY,
    RECURRENCE,
    TIME,
    UNTIL,
    Answer,
    Column,
    Hop,
    schema_of,
)

__all__ = ["history_of"]

_CONFIDENCES = list(Confidence)
_DAY = timedelta(days=1)
_MOST_QUESTIONS, _NAMED = 50, 5
_DATE = "date"
_ASKED = [TIME.name, HOST.name, PATH_KEY.name, ANSWER.name]
_Report = Mapping[str, Json]


def history_of(place: Place, manifest: Manifest, problems: Sequence[Problem] = ()) -> History:
    """Tell what a store holds."""
    reports = {name: _dict(told["told"]) for name, told in sorted(manifest.days.items())}
    pages = {name: str(told["page"]) for name, told in manifest.days.items() if told["page"]}
    failures = _failures(place, manifest)
    answers = _answers(place, manifest, failures[PATH_KEY.name].drop_nulls().unique().sort())
    incidents = _incidents(reports, manifest.days, failures, answers)
    days = _days(answers.by_day, incidents, pages)
    told = [each for each in reports.values() if _dict(each["window"])["start"]]
    starts = [_moment(_dict(each["window"])["start"]) for each in told]
    ends = [_moment(_dict(each["window"])["end"]) for each in told]
    sources = ledger_of(sorted(manifest.pieces.values(), key=lambda piece: (piece.source, piece.first_line)), None)
    return History(
        store=place.address.rstrip("/").rpartition("/")[2],
        tool_version=version("lasthop"),
        window_start=min(starts, default=None),
        window_end=max(ends, default=None),
        incidents=incidents,
        questions=_questions(reports, pages),
        days=days,
        gaps=tuple(_gaps([each.day for each in days])),
        sources=sources,
        requests_seen=sum(_number(each["requests_seen"]) for each in reports.values()),
        lines=sum(piece.lines for piece in manifest.pieces.values()),
        problems=(*problems, *_unread(manifest)),
        notes=tuple(_notes(manifest)),
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    """How requests were answered by hop and day, and in which minutes those for the paths of incidents were."""

    by_day: pl.DataFrame
    of_paths: Mapping[str | None, pl.DataFrame]

    def asked(self, host: str | None, paths: Iterable[str]) -> Asked:
        """Say when one of the paths was asked for, and what came of it; a log that names no host may mean any."""
        same = (HOST.col == host) | HOST.col.is_null() | pl.lit(host is None)
        told = [self.of_paths[path].filter(same) for path in paths if path in self.of_paths]
        if not told:
            return Asked()
        served = ANSWER.col == Answer.SERVED
        minutes = (pl.concat(told).filter(which)[TIME.name].unique().sort().to_list() for which in (served, ~served))
        return Asked(*minutes)


def _answers(place: Place, manifest: Manifest, paths: pl.Series) -> _Answers:
    """Add up the pulses of all pieces, one table at a time; of a log whose zone nobody knows no minute is sure."""
    schema = schema_of(PULSES)
    by = (TIME.col.dt.date().alias(_DATE), HOP.name, ANSWER.name)
    by_day = [pl.DataFrame(schema=schema).group_by(by).agg(COUNT.col.sum())]
    of_paths = [pl.DataFrame(schema={name: schema[name] for name in _ASKED})]
    for piece in sorted(manifest.pieces.values(), key=lambda piece: piece.id):
        for name in piece.names:
            if name.startswith(f"{PULSES_IN}/"):
                pulses = place.read_frame(name)
                by_day.append(pulses.group_by(by).agg(COUNT.col.sum()))
                if not piece.zoneless:
                    of_paths.append(pulses.filter(PATH_KEY.col.is_in(paths.implode())).select(_ASKED))
    days = pl.concat(by_day).group_by(_DATE, HOP.name, ANSWER.name).agg(COUNT.col.sum())
    return _Answers(days, _by(pl.concat(of_paths).unique(), PATH_KEY))


def _by(table: pl.DataFrame, column: Column) -> dict[str | None, pl.DataFrame]:
    """The rows of each value of a column."""
    parts = table.partition_by(column.name, as_dict=True, maintain_order=True)
    return {None if value is None else str(value): part for (value,), part in parts.items()}


def _failures(place: Place, manifest: Manifest) -> pl.DataFrame:
    names = [str(told["findings"]) for _, told in sorted(manifest.days.items()) if told["findings"]]
    return pl.concat([pl.DataFrame(schema=schema_of(FINDINGS)), *map(place.read_frame, names)], how="diagonal_relaxed")


def _incidents(
    reports: Mapping[str, _Report], stretches: Mapping[str, _Report], failures: pl.DataFrame, answers: _Answers
) -> tuple[Recurring, ...]:
    """One for each that comes again, the gravest and most frequent first."""
    told: dict[str, list[_Report]] = {}
    where: dict[str, list[_Report]] = {}
    for name, report in reports.items():
        for incident in _list(report["incidents"]):
            told.setdefault(str(incident["recurrence"]), []).append(incident)
            where.setdefault(str(incident["recurrence"]), []).append(stretches[name])
    shown, failed = OutOfStore(), _by(failures, RECURRENCE)
    found = (
        _linked(_recurring(of, failed.get(key, failures.clear()), answers, shown), where[key])
        for key, of in told.items()
    )
    return tuple(sorted(found, key=_importance))


def _importance(incident: Recurring) -> tuple[int, int, str, str]:
    rank = _CONFIDENCES.index(incident.confidence)
    return rank, -incident.requests, incident.cause, incident.fingerprint


def _recurring(incidents: Sequence[_Report], failures: pl.DataFrame, answers: _Answers, shown: OutOfStore) -> Recurring:
    gravest = min(incidents, key=lambda each: (_CONFIDENCES.index(Confidence(str(each["confidence"]))), -_count(each)))
    scheme, host, path = (_text(gravest[name]) for name in ("scheme", "host", "path"))
    dated = failures.filter(TIME.col.is_not_null())
    failed = [Failure(*row) for row in dated.select(TIME.name, UNTIL.name, COUNT.name).iter_rows()]
    paths = sorted(failures[PATH_KEY.name].drop_nulls().unique())
    spells = spells_of(failed, answers.asked(host, paths) if gravest["hop"] != Hop.SESSION else Asked())
    return Recurring(
        fingerprint=str(gravest["fingerprint"]),
        cause=str(gravest["cause"]),
        title=_sentence(gravest["title"]),
        hop=Hop(str(gravest["hop"])),
        confidence=Confidence(str(gravest["confidence"])),
        target=Target(scheme, shown.maybe(host), shown.maybe(path)),
        requests=sum(map(_count, incidents)),
        episodes=tuple(_episode(spell) for spell in spells),
        explanation=_sentence(gravest["explanation"]),
        fix=_sentence(gravest["fix"]),
        undated=not failed,
    )


def _episode(spell: Spell) -> Episode:
    return Episode(spell.first, spell.last, spell.requests, spell.recovered, ())


def _linked(incident: Recurring, told: Sequence[_Report]) -> Recurring:
    """Beside each episode the pages of the stretches in which it was told."""
    pages = [(_moment(each["start"]), _moment(each["end"]), str(each["page"])) for each in told if each["start"]]
    episodes = (
        replace(each, reports=tuple(page for start, end, page in pages if start <= each.last and each.first <= end))
        for each in incident.episodes
    )
    return replace(incident, episodes=tuple(episodes))


def _days(counted: pl.DataFrame, incidents: Sequence[Recurring], pages: Mapping[str, str]) -> tuple[DayTold, ...]:
    """A row per day of which a log tells; one hop's answers count, the one whose logs tell of most."""
    by_hop = counted.group_by(HOP.name).agg(COUNT.col.sum()).sort(COUNT.name, HOP.name, descending=[True, False])
    of_hop = counted.filter(HOP.col == by_hop[HOP.name][0]) if by_hop.height else counted
    answers: dict[date, dict[str, int]] = {}
    for day, answer, count in of_hop.select(_DATE, ANSWER.name, COUNT.name).iter_rows():
        answers.setdefault(day, {})[answer] = count
    hit: Counter[date] = Counter(
        day for incident in incidents for day in {day for each in incident.episodes for day in _dates(each)}
    )
    of_day = {date.fromisoformat(name[:10]): page for name, page in sorted(pages.items()) if name != UNDATED}
    return tuple(
        _day(day, answers.get(day, {}), hit[day], of_day.get(day)) for day in sorted(answers.keys() | hit.keys())
    )


def _day(day: date, answers: Mapping[str, int], incidents: int, page: str | None) -> DayTold:
    served, refused, failed, left = (answers.get(answer.value, 0) for answer in Answer)
    return DayTold(day, served, refused, failed, left, incidents, page)


def _dates(episode: Episode) -> Iterator[date]:
    day = episode.first.date()
    while day <= episode.last.date():
        yield day
        day += _DAY


def _gaps(days: Sequence[date]) -> Iterator[Coverage]:
    for one, other in pairwise(days):
        if other - one > _DAY:
            yield Coverage(one + _DAY, other - _DAY)


def _questions(reports: Mapping[str, _Report], pages: Mapping[str, str]) -> tuple[OpenQuestion, ...]:
    """What no cause explains, by path; what was asked on most days comes first."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for name, report in reports.items():
        for question in _list(report["inconclusive"]):
            asked.setdefault(str(question["path"]), []).append((name, _sentence(question["question"])))
    told = [
        OpenQuestion(path, of[-1][1], len({name[:10] for name, _ in of}), pages.get(of[-1][0]))
        for path, of in asked.items()
    ]
    return tuple(sorted(told, key=lambda each: (-each.days, each.path))[:_MOST_QUESTIONS])


def _unread(manifest: Manifest) -> Iterator[Problem]:
    for piece in sorted(manifest.pieces.values(), key=lambda piece: (piece.source, piece.first_line)):
        for told in piece.problems:
            yield Problem(str(told["path"]), str(told["what"]), str(told["hint"]))


def _notes(manifest: Manifest) -> Iterator[str]:
    zoneless = sorted({piece.source for piece in manifest.pieces.values() if piece.zoneless})
    if zoneless:
        yield said(
            "No zone is named in {sources}: its times were set right day by day, where another log tells of the same"
            " requests, and are UTC where none does; --tz tells better.",
            sources=", ".join(zoneless[:_NAMED]) + (", ..." if len(zoneless) > _NAMED else ""),
        )
    undated = sum(piece.hours.get(UNDATED, 0) for piece in manifest.pieces.values())
    if undated and UNDATED in manifest.days:
        yield said("{count:,} records bear no time, and belong to no day.", count=undated)


def _sentence(told: Json) -> str:
    return of_data(cast("Data", told))


def _text(told: Json) -> str | None:
    return None if told is None else str(told)


def _moment(told: Json) -> datetime:
    return datetime.fromisoformat(str(told))


def _count(incident: _Report) -> int:
    return _number(incident["requests"])


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _dict(value: Json) -> _Report:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> Iterable[_Report]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
