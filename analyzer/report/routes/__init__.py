"""A Route as people and programs read it: one sentence, facts under labels, the JSON of `lasthop route`.

In comes what the model answered, out go plain facts that the terminal, the page, Markdown and JSON all show. The hard
thing is to be understood at a glance: what decides stands first, and what is not known is said and never left out.
"""

from analyzer.report.routes.contract import as_values
from analyzer.report.routes.facing import Facing, facing
from analyzer.report.routes.facts import Fact, Section, Tone
from analyzer.report.routes.places import placed
from analyzer.report.routes.sections import at_a_glance, in_detail
from analyzer.report.routes.sentence import refused, subject, verdict

__all__ = [
    "Facing",
    "Fact",
    "Section",
    "Tone",
    "as_values",
    "at_a_glance",
    "facing",
    "in_detail",
    "placed",
    "refused",
    "subject",
    "verdict",
]
