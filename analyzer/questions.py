"""What cannot be decided: requests that somebody wanted, that failed, and that no cause explains.

In: journeys and findings. Out: `Inconclusive` questions, each with the log that would answer it. The hard thing is to
stay silent on what is noise: a failure among many successes of the same path, a client that left, a scanner.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import polars as pl

from analyzer.events import Events
from analyzer.journeys import Journeys
from analyzer.needed import WHAT_FOR, needed_for
from analyzer.paths import path_of
from analyzer.quoting import Quotes
from analyzer.report import words
from analyzer.report.model import Evidence, Inconclusive
from analyzer.report.words import source_name
from analyzer.rule import Input, Phrase
from analyzer.said import Said, said
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CLIENT_AT,
    CLIENT_STATUS,
    ERROR_AT,
    HANDSHAKE,
    HOP,
    HOST,
    JOURNEY,
    KIND,
    LAST_LINE,
    LB_AT,
    LEVEL,
    LINE,
    MESSAGE,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    PLACES,
    SOURCE,
    STATUS,
    WANTED,
    Column,
    Hop,
    Kind,
    Outcome,
    Seen,
    Wanted,
)
from analyzer.wording import Row, Values, place_in, say, values_of

_MOST_QUESTIONS, _PATHS_NAMED = 20, 4
_RARE = 10
_QUESTION: Phrase = (
    "nginx looked for the file {file}, and it is not there. Should it be, or should a backend answer {path}?",
    "{path}: nginx says `{nginx_message}`. No cause that this version knows explains it.",
    "{path} was answered with {backend_refusal} by the backend ({backend_at}). Why?",
    "{path} was answered with {answer} ({access_at}), and the backend's log has {backend_status} ({backend_at}). Why?",
    "nginx gave up on the backend for {path} ({gave_up_at}: 504). Had a connection come about, or not even that?",
    "{path} was answered with {answer} ({nginx_at}). Who answered, nginx or the backend, and why?",
    "The client's connection to {url} was refused with {client_status}. Who refused it, and why?",
    "The client does not take the certificate of {url}: {certificate_error} ({client_at}). Is it valid for this name?",
    "{url} answered the client with something else than 101, says Firefox: {not_101} ({client_at}). Who, and how?",
    "The client could not open {url}: {error} ({client_at}). Who listens there, and is it the right address?",
    "The client could not open {url} and names no reason ({client_at}). How far did the request get?",
    "The backend refused {path} ({backend_at}). Why?",
    "The backend refused a handshake ({backend_at}). Why, and for which path?",
    "{path} failed. How far did the request get?",
)
_NGINX_SAYS: Phrase = (
    "nginx says `{words}` and names no request ({at}). Which request failed then, and what was it answered?"
)
_BACKEND_SAYS: Phrase = "The backend says `{words}` and names no request ({at}). Which request failed then, and how?"
_NO_REQUEST = said("No request could be read from these lines, so nothing can be said of one that failed.")
_CONFIG_ALONE = said("A config alone shows no request that failed. Which one did, and what was it answered?")
_LINES_SHOWN, _WORDS_SHOWN = 3, 200
_GRAVE = ("error", "crit", "critical", "alert", "emerg", "fatal")
_AS_THEY_STAND = said(
    "the lines as they stand in the file, each in one piece: a narrow terminal, a mail or a page may have cut them"
)


def open_questions(
    journeys: Journeys, explained: pl.Series, inputs: frozenset[Input], quotes: Quotes
) -> tuple[Inconclusive, ...]:
    """One question for all the paths of a host that failed in the same way and without an explanation."""
    unexplained = _unexplained(journeys.journeys, explained)
    alike: dict[tuple[object, ...], list[pl.DataFrame]] = {}
    for (host, _), group in unexplained.group_by(HOST.name, PATH_KEY.name, maintain_order=True):
        alike.setdefault((host, *_kind_of(group.row(0, named=True))), []).append(group)
    told = (_question(groups, inputs, journeys, quotes) for groups in alike.values())
    return tuple(islice(told, _MOST_QUESTIONS))


def _kind_of(row: Row) -> tuple[object, ...]:
    """What makes two failures one question: who tells of them, in which words, and with which answer."""
    seen = tuple(place_in(row, column) is not None for column in PLACES)
    return (seen, row[STATUS.name], row[CLIENT_STATUS.name], row[BACKEND_STATUS.name], row[MESSAGE.name])


def no_request_read(
    events: Events, inputs: frozenset[Input], quotes: Quotes, config_files: Sequence[str]
) -> tuple[Inconclusive, ...]:
    """Ask for a request where none was recognised: then silence would be taken for health."""
    if _recognised(events.families):
        return ()
    evidence = (*_unread(events, quotes), *_wordless(events, quotes))[:_LINES_SHOWN]
    logs = [
        need for need in (Input.ERROR_LOG, Input.ACCESS_LOG, Input.CLIENT_LOG, Input.BACKEND_LOG) if need not in inputs
    ]
    return (
        Inconclusive(
            path=source_name(evidence[0].source if evidence else quotes.redaction.source(config_files[0])),
            question=_said_of_none(events.kept, quotes) or _NO_REQUEST if evidence else _CONFIG_ALONE,
            needed=(
                *((_AS_THEY_STAND,) if evidence else ()),
                *(said("{log}: {why}", log=said(need.value), why=WHAT_FOR[need]) for need in logs),
            ),
            evidence=evidence,
        ),
    )


def _said_of_none(kept: pl.DataFrame, quotes: Quotes) -> str | None:
    """What a server called an error without naming a request: its words are quoted, and the request is asked for."""
    grave = LEVEL.col.is_in(_GRAVE) | (KIND.col == Kind.CALL_FAILED)
    errors = kept.filter(grave, HOP.col.is_in([Hop.NGINX, Hop.BACKEND]), MESSAGE.col.is_not_null())
    row = next(errors.select(HOP.name, MESSAGE.name, SOURCE.name, LINE.name).iter_rows(named=True), None)
    if row is None:
        return None
    told = quotes.redaction.text(str(row[MESSAGE.name]).partition("\n")[0])[:_WORDS_SHOWN]
    at = words.place(quotes.redaction.source(str(row[SOURCE.name])), int(row[LINE.name]))
    return say(_NGINX_SAYS if row[HOP.name] == Hop.NGINX else _BACKEND_SAYS, {"words": told, "at": at})


def _recognised(families: pl.DataFrame) -> bool:
    """Whether any record tells of a request, a handshake or a socket of a client."""
    own_affairs = KIND.col.is_in([Kind.LISTENING, Kind.CALL_FAILED])
    without_path = KIND.col.is_in([Kind.MESSAGE, Kind.NGINX_ERROR, Kind.CLOSED]) & PATH_KEY.col.is_null()
    return not families.filter(~own_affairs & ~without_path).is_empty()


def _unread(events: Events, quotes: Quotes) -> Iterator[Evidence]:
    for row in events.ledger:
        for sample in row.samples:
            source = quotes.redaction.source(row.path)
            yield Evidence(source, sample.line, sample.line, sample.text, said("a line that no format reads"))


def _wordless(events: Events, quotes: Quotes) -> Iterator[Evidence]:
    rows = events.kept.select(SOURCE.name, LINE.name, LAST_LINE.name).head(_LINES_SHOWN)
    for source, line, last_line in rows.iter_rows():
        place = {"source": source, "line": line, "last_line": last_line}
        yield quotes.evidence(place, said("it names no request"))


def _unexplained(journeys: pl.DataFrame, explained: pl.Series) -> pl.DataFrame:
    """Failed and wanted, not explained by a cause, and not a rare failure of a path that works."""
    arrived = path_of(BACKEND_TARGET.col)
    found = journeys.filter(JOURNEY.col.is_in(explained.implode()))
    same_at_backend = arrived.is_in(found.select(arrived).to_series().drop_nulls().implode())
    worked = (OUTCOME.col == Outcome.OK).sum().over(PATH_KEY.name)
    failed = (OUTCOME.col == Outcome.FAILED).sum().over(PATH_KEY.name)
    named = HANDSHAKE.col.fill_null(value=False) | WANTED.col.is_in(
        [Wanted.CLIENT, Wanted.PASTE, Wanted.PROXIED, Wanted.RETRIED, Wanted.BESIDE]
    )
    shown = pl.any_horizontal(column.col.is_not_null() for column in PLACES)
    alone = NGINX_SEEN.col.ne(Seen.SEEN) & CLIENT_AT.col.is_null()  # another client's share of what is explained
    candidates = journeys.filter(
        ~(alone & same_at_backend.fill_null(value=False)), (worked < _RARE * failed).fill_null(value=True)
    )
    return candidates.filter(
        OUTCOME.col == Outcome.FAILED, WANTED.col.is_not_null(), named, shown, ~JOURNEY.col.is_in(explained.implode())
    )


def _question(
    groups: Sequence[pl.DataFrame], inputs: frozenset[Input], journeys: Journeys, quotes: Quotes
) -> Inconclusive:
    row = groups[0].row(0, named=True)
    values = values_of(row, None, quotes, None)
    question = say(_QUESTION, values) or said("A request failed. How far did it get?")
    names = [quotes.redaction.text(str(group[PATH_KEY.name][0] or "?")) for group in groups]
    by_nginx = quotes.first_line(place_in(row, ACCESS_AT) or place_in(row, ERROR_AT))
    failed = pl.concat(groups)
    return Inconclusive(
        path=names[0],
        question=_how_many(question, failed.height, names[1:]),
        needed=needed_for(failed, inputs, journeys, by_nginx, quotes.redaction),
        evidence=_evidence(row, values, quotes),
        command=values.get("handshake_command"),
    )


def _how_many(question: Said, requests: int, others: Sequence[str]) -> Said:
    """The question, and of how many requests and paths it is asked."""
    if requests <= 1:
        return question
    paths: str = ", ".join(others[:_PATHS_NAMED])
    if len(others) > _PATHS_NAMED:
        paths = said("{paths} and {more} more paths", paths=paths, more=len(others) - _PATHS_NAMED)
    if not others:
        return said("{question} ({requests} such requests)", question=question, requests=requests)
    return said(
        "{question} ({requests} such requests; also {paths})", question=question, requests=requests, paths=paths
    )


_SAYS: dict[Column, Phrase] = {
    CLIENT_AT: ("the client was refused with {client_status}", "the client's own words"),
    LB_AT: ("the load balancer gave {lb_status}: {lb_says}", "the load balancer gave {lb_status}"),
    ACCESS_AT: "nginx answered {answer}",
    ERROR_AT: "nginx's own words",
    BACKEND_AT: "the backend's own words",
}


def _evidence(row: Row, values: Values, quotes: Quotes) -> tuple[Evidence, ...]:
    told = ((place_in(row, column), say(phrase, values)) for column, phrase in _SAYS.items())
    return tuple(quotes.evidence(place, says or "") for place, says in told if place)
