"""What a report shows of secrets: their place, their kind and their number, and never themselves.

In: values and lines on their way into a report; after the verdict, so that it cannot change one. Out: the same without
secrets, and a ledger of what was left out where.
"""

from analyzer.redaction.finding import Found, secrets_in
from analyzer.redaction.patches import without_secret_lines
from analyzer.redaction.redactor import NoRedaction, Redaction
from analyzer.redaction.structure import without_secrets

__all__ = ["Found", "NoRedaction", "Redaction", "secrets_in", "without_secret_lines", "without_secrets"]
