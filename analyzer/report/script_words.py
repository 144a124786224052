"""The words of the page's one script, in another language: it asks for each by its English.

In: a language. Out: the words as JSON, for an attribute of the page, so that the script is the same in every language.
"""

import json

from analyzer.languages import Language
from analyzer.said import Template, said

__all__ = ["script_words"]

_WORDS: tuple[Template, ...] = (
    "Copy",
    "Copy these lines",
    "Copied",
    "Zoom out",
    "Zoom in",
    "Earlier",
    "Later",
    "All",
    "All of the time",
)


def script_words(say: Language) -> str:
    """Write the words that the script says, by their English."""
    return json.dumps({word: say(said(word)) for word in _WORDS}, ensure_ascii=False)
