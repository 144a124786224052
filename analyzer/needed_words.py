"""Which words a text must hold for a pattern to match it: so most patterns are never compiled for a small log.

In: a pattern, as Rust's regex reads it; texts. Out: whether it is worth asking. The hard thing is that compiling a
pattern costs a thousand times what it costs to search forty lines for a word (regex 1.x, and Polars keeps but 32 of
them), while a wrong "no" would lose a line: what is not understood of a pattern needs nothing. What the patterns that
ship need stands in `needed_words.json`, which a test holds to them; without it, and for all others, it is found anew.
"""

import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, reduce
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

_Part = tuple[Any, Any]
_Parsed = Iterable[_Part]
Words = frozenset[str]
"""Of these one stands in a text, casefolded."""
Needs = tuple[Words, ...]
"""Each of these stands in a text."""

FILE = Path(__file__).with_suffix(".json")

_parser = re._parser  # noqa: SLF001  the standard library's own; Lark reads its terminals with it too
_MUCH = 256 * 1024  # bytes: past this the search for words costs what the compiling does
_MOST, _FEW = 64, 4
_NOTHING: Words = frozenset()
_EMPTY: Words = frozenset({""})
_FOLDED: Words = frozenset("\u017f\u212a")  # they are an `s` and a `k` to a pattern that ignores case (CaseFolding.txt)


def words_in(texts: pl.Series) -> Callable[[Needs], bool]:
    """Give the question whether any of these texts holds all that is needed; of much text that is not looked for.

    What is a line here may be the first of a record: that one goes on behind a line's end.
    """
    if texts.estimated_size() > _MUCH:
        return lambda _: True
    told = [f"{text}\n".casefold() for text in {*texts} if text]
    anywhere = "".join(told)

    def stand(needs: Needs) -> bool:
        return not needs or (_holds(anywhere, needs) and any(_holds(text, needs) for text in told))

    return stand


def _holds(text: str, needs: Needs) -> bool:
    return all(any(word in text for word in words) for words in needs)


def worth_asking(texts: pl.Series) -> Callable[[str], bool]:
    """Give the question whether a pattern may match any of these texts; of much text every pattern may."""
    if texts.estimated_size() > _MUCH:
        return lambda _: True
    stand = words_in(texts)
    return lambda pattern: stand(all_needed(pattern))


def that_may_match(patterns: Iterable[str], texts: pl.Series) -> list[str]:
    """Give those patterns that may match any of these texts, however much text it is."""
    if texts.estimated_size() <= _MUCH:
        return list(filter(worth_asking(texts), patterns))
    known = list(patterns)
    words = frozenset().union(*map(needed_words, known))
    said = texts.str.extract_many(_sought(words), ascii_case_insensitive=True, overlapping=True).explode().unique()
    stand = {word.casefold() for word in said if word}
    if not _FOLDED.isdisjoint(said):
        return known
    return [pattern for pattern in known if _may_match(pattern, lambda word: word in stand or not word.isascii())]


def may_match_any(patterns: Iterable[str], text: pl.Expr) -> pl.Expr:
    """Say of each text whether any of these patterns may match it."""
    needed = [needed_words(pattern) for pattern in patterns]
    words = frozenset().union(*needed)
    if not all(needed) or not all(map(str.isascii, words)):
        return pl.lit(value=True)
    return text.str.contains_any(_sought(words), ascii_case_insensitive=True)


def _sought(words: Words) -> list[str]:
    """What to look for at once: two hundred words cost a hundredth of what the patterns do (docs.rs/aho-corasick)."""
    return sorted(words | _FOLDED)


def _may_match(pattern: str, stands: Callable[[str], bool]) -> bool:
    words = needed_words(pattern)
    return not words or any(map(stands, words))


@cache
def needed_words(pattern: str) -> Words:
    """Give words, casefolded, of which one stands in every text that the pattern matches; none if that is not known."""
    return _of_sequence(_parsed(pattern))


@cache
def all_needed(pattern: str) -> Needs:
    """Give all that every text which the pattern matches must hold, as far as it is known."""
    before = _found_before().get(_key(pattern))
    return tuple(map(frozenset, before)) if before is not None else found_anew(pattern)


def found_anew(pattern: str) -> Needs:
    """The same, whatever was found before."""
    return tuple(dict.fromkeys(_runs(_parsed(pattern))))


def written(patterns: Iterable[str]) -> str:
    """Write the file of what these patterns need."""
    needs = {_key(pattern): [sorted(words) for words in found_anew(pattern)] for pattern in patterns}
    rows = (f"{json.dumps(key)}: {json.dumps(needs[key], ensure_ascii=False)}" for key in sorted(needs))
    return "{\n" + ",\n".join(rows) + "\n}\n"


@cache
def _found_before() -> Mapping[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    return found


def _key(pattern: str) -> str:
    return blake2b(pattern.encode(), digest_size=8).hexdigest()


def _parsed(pattern: str) -> _Parsed:
    """What Python's parser makes of a pattern; nothing where it does not read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what Python's parser doubts may mean something else to Rust
        try:
            parsed: _Parsed = _parser.parse(pattern.replace("[:word:]", r"\w"))  # as little is needed of either
        except (re.error, RecursionError, Warning):
            return ()
    return parsed


def _runs(parsed: _Parsed) -> Iterator[Words]:
    """What each part of a sequence needs; parts that are spelt out are one run: `(?:info|warn): ` needs `info: `."""
    return (words for words in _all_runs(parsed) if words and "" not in words)


def _all_runs(parsed: _Parsed) -> Iterator[Words]:
    run = _EMPTY
    for part in parsed:
        spelt = _spelt(part)
        if spelt and len(run) * len(spelt) <= _MOST:
            run = frozenset(before + after for before in run for after in spelt)
            continue
        yield run
        run = spelt or _EMPTY
        if not spelt:
            yield from _within(part)
    yield run


def _within(part: _Part) -> Iterator[Words]:
    operation, value = part
    match str(operation):
        case "SUBPATTERN":
            yield from _runs(value[-1])
        case "MAX_REPEAT" | "MIN_REPEAT" if value[0] > 0:
            yield from _runs(value[2])
        case "BRANCH":
            yield _of_branches([reduce(_better, _runs(branch), _NOTHING) for branch in value[1]])


def _spelt(part: _Part) -> Words:
    """All texts, casefolded, that a part may stand for; none where they are too many, or not known."""
    operation, value = part
    match str(operation):
        case "LITERAL":
            return frozenset({chr(value).casefold()})
        case "IN" if len(value) <= _FEW and all(str(kind) == "LITERAL" for kind, _ in value):
            return frozenset(chr(each).casefold() for _, each in value)
        case "SUBPATTERN":
            return _spelt_out(value[-1])
        case "MAX_REPEAT" | "MIN_REPEAT" if value[:2] == (0, 1) and (once := _spelt_out(value[2])):
            return once | _EMPTY
        case "BRANCH" if all(spelt := [_spelt_out(branch) for branch in value[1]]):
            return frozenset().union(*spelt)
    return _NOTHING


def _spelt_out(parsed: _Parsed) -> Words:
    run = _EMPTY
    for part in parsed:
        spelt = _spelt(part)
        run = frozenset(before + after for before in run for after in spelt)
        if not 0 < len(run) <= _MOST:
            return _NOTHING
    return run


def _of_sequence(parsed: _Parsed) -> Words:
    """The best of what each part of a sequence needs: the longest words, then the fewest."""
    return reduce(_better, _needs(parsed), _NOTHING)


def _needs(parsed: _Parsed) -> Iterator[Words]:
    run = ""
    for operation, value in parsed:
        if str(operation) == "LITERAL":
            run += chr(value)
            continue
        if run:
            yield frozenset({run.casefold()})
            run = ""
        match str(operation):
            case "SUBPATTERN":
                yield _of_sequence(value[-1])
            case "MAX_REPEAT" | "MIN_REPEAT" if value[0] > 0:
                yield _of_sequence(value[2])
            case "BRANCH":
                yield _of_branches([_of_sequence(branch) for branch in value[1]])
    if run:
        yield frozenset({run.casefold()})


def _of_branches(branches: list[Words]) -> Words:
    together = frozenset().union(*branches)
    return together if all(branches) and len(together) <= _MOST else _NOTHING


def _better(one: Words, other: Words) -> Words:
    return max(one, other, key=lambda words: (min(map(len, words), default=0), -len(words)))
