"""How people write that something did not happen, or that it is only meant to.

Data, and nothing else. The hard thing is that the words of the thing itself stand in such a sentence, too.
"""

NOT_OPENED = (  # denied, or only meant; a clause ends at a stop
    r"(?i:\b(?:not|never|cannot|[a-z]+n['\x{2019}]t|nor?|without|before|until|unless|will|shall|should|must"
    r"|(?:fail[a-z]*|unable|trying|tr(?:y|ies|ied)|attempt[a-z]*|about|going|want[a-z]*|wait[a-z]*|need[a-z]*"
    r"|supposed) to)\b"
    r"[^\n.,:;!?]{0,40}?\b(?:open(?:ed)?|connected|established)\b"
    r"|\b(?:open(?:ed)?|connected|established)(?:\W{1,3}| [^\n]*?wss?://\S+ )(?:fail|error|time|refused|false|no\b))"
)
"""Words of a socket that opened, in a sentence that says that it did not."""
