"""What is asked of a bundle: where it lies, how it is to be read, and what of it counts.

In: what options and arguments say. Out: a value that goes through the pipeline as one.
"""

from collections.abc import Sequence
from dataclasses import field
from typing import BinaryIO

from analyzer.errors import UsageError
from analyzer.formats import Format
from analyzer.frozen import dataclass
from analyzer.redaction import NoRedaction, Redaction

__all__ = ["Inquiry", "what_is_shown"]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that can be told of a bundle.

    `paths` are files and folders, `-` for standard input; `configs` are read as nginx configs whatever they look like;
    `rule_folders` hold causes of one's own, `formats` are formats of one's own; `zones` are those of logs that name
    none, `ZONE` or `SOURCE=ZONE`; what lies before `since` or after `until` (ISO 8601, or words like `2h` that count
    back from the last event) is not judged; `redaction` hides secrets unless told otherwise.
    """

    paths: Sequence[str]
    configs: Sequence[str] = ()
    rule_folders: Sequence[str] = ()
    formats: Sequence[Format] = ()
    zones: Sequence[str] = ()
    since: str | None = None
    until: str | None = None
    stdin: BinaryIO | None = None
    redaction: Redaction = field(default_factory=Redaction)


def what_is_shown(*, redact: bool, anonymize: bool) -> Redaction:
    """Say what of secrets and of names is shown. Raises UsageError where secrets were to be shown and names not."""
    if anonymize and not redact:
        raise UsageError(
            "--anonymize and --no-redact: what is anonymised shows no secrets either", "Leave one of them out."
        )
    if anonymize:
        from analyzer.anonymity import Anonymisation  # noqa: PLC0415  few share what they hand in

        return Anonymisation()
    return Redaction() if redact else NoRedaction()
