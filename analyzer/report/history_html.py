"""A history as a page: what the store tells, for the meeting on Monday.

In comes a History, out goes one self-contained file, to the same standards as a report: nothing is loaded, one script
that it can do without, every word of a log escaped. The hard thing is length: months must be read at a glance, and what
a page cannot hold is counted.
"""

from functools import cache

from jinja2 import Environment

from analyzer.languages import ENGLISH, Language
from analyzer.report import history_limits, history_links, history_sums, history_words
from analyzer.report.axis import ANSWERS
from analyzer.report.history import History
from analyzer.report.history_links import BESIDE
from analyzer.report.history_plot import day_plot
from analyzer.report.marking import anchors_of, environment_of, own, policy

__all__ = ["history_html"]


def history_html(history: History, say: Language = ENGLISH, base: str = BESIDE) -> str:
    """Write a history as a page; `base` stands before the names of the days' reports (`history_links.base_of`)."""
    style, script, told = own("style.css") + own("history.css"), own("report.js"), say.whole(history)
    return (
        _environment(say)
        .get_template("history.html.j2")
        .render(
            history=told,
            anchors=anchors_of([incident.fingerprint for incident in told.incidents]),
            base=base,
            style=style,
            script=script,
            policy=policy(style, script),
        )
    )


@cache
def _environment(say: Language) -> Environment:
    environment = environment_of(say, history_words, history_sums, history_limits, history_links)
    environment.globals.update(answers=say.whole(ANSWERS), day_plot=say.speaking(day_plot))
    return environment
