"""A sentence remembers how it was made, wherever it goes."""

import copy
import pickle
from dataclasses import asdict, dataclass

from analyzer.said import Said, plural, said


@dataclass(frozen=True)
class Row:
    why: str


SENTENCE = said("{what} of {file}", what=plural(2, "line"), file="a.log")


def test_it_is_a_text_like_any_other() -> None:
    assert SENTENCE == "2 lines of a.log"
    assert hash(SENTENCE) == hash("2 lines of a.log")


def test_a_copy_remembers_as_much() -> None:
    for other in (copy.deepcopy(SENTENCE), pickle.loads(pickle.dumps(SENTENCE)), asdict(Row(SENTENCE))["why"]):  # noqa: S301
        assert isinstance(other, Said)
        assert (other, other.templates, dict(other.values)) == (SENTENCE, SENTENCE.templates, dict(SENTENCE.values))


def test_words_of_it_change_and_the_template_stays() -> None:
    hidden = SENTENCE.with_words(lambda text: text.replace("a.log", "b.log"))
    assert (hidden, hidden.templates) == ("2 lines of b.log", SENTENCE.templates)
