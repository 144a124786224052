"""What secrets look like that bear their issuer's mark: a table of prefixes and shapes, as each issuer publishes them.

Data, and nothing else. In a log a secret may have been cut off: a mark and some characters are enough, for nothing else
begins so. The hard thing is what bears no mark: that is known by the name beside it (`names`).
"""

import re

_WORD = r"(?<![A-Za-z0-9])"  # an underscore or a dash may stand before a token that somebody put into a name

_MARKED: tuple[tuple[str, str], ...] = (
    ("JSON Web Token", r"eyJ[\w-]{10,}(?:\.[\w-]*){0,4}"),  # RFC 7519, RFC 7516: `{"` in base64url, up to five parts
    ("AWS key", r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("GitHub token", r"(?:gh[pousr]_[A-Za-z0-9]{10,}|github_pat_\w{20,})"),
    ("GitLab token", r"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas|ffct)-[\w-]{15,}"),
    ("Slack token", r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]{10,}"),
    ("Slack webhook", r"(?<=hooks\.slack\.com/services/)[\w/]{10,}"),
    ("Discord webhook", r"(?<=/api/webhooks/)[0-9]{10,}/[\w-]{20,}"),
    ("Stripe key", r"(?:[rs]k_(?:live|test)_|whsec_)[0-9A-Za-z+/=]{10,}"),
    ("Google key", r"(?:AIza[\w-]{20,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{15,}|1//0[\w-]{30,})"),
    ("API key", r"sk-(?:proj-|ant-|svcacct-|admin-|or-|lf-)?[A-Za-z0-9][\w-]{19,}"),  # OpenAI, Anthropic and others
    ("npm token", r"npm_[A-Za-z0-9]{20,}"),
    ("PyPI token", r"pypi-[\w-]{20,}"),
    ("SendGrid key", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    ("Twilio key", r"(?:AC|SK)[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("Telegram token", r"(?:bot)?[0-9]{8,10}:[\w-]{35}(?![\w-])"),
    ("Discord token", r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}"),
    ("Mailgun key", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),
    ("Mailchimp key", r"[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])"),
    ("Shopify token", r"shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{20,}"),
    ("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{20,}"),
    ("Hugging Face token", r"hf_[A-Za-z0-9]{20,}"),
    ("Square token", r"sq0[a-z]{3}-[\w-]{20,}"),
    ("Supabase key", r"(?:sb_(?:secret|publishable)_|sbp_)[\w-]{20,}"),
    ("Vault token", r"hv[bsr]\.[\w-]{20,}"),
    ("Databricks token", r"dapi[0-9a-f]{32}"),
    ("New Relic key", r"NR(?:AK|JS|II|BR|RA)-[A-Za-z0-9]{15,}"),
    ("age key", r"AGE-SECRET-KEY-1[A-Z0-9]{20,}"),
)
_PRIVATE_KEY = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|\Z)"  # RFC 7468
_LINE_OF_A_KEY = r"(?m)^(?=[^\n]*[a-z])(?=[^\n]*[A-Z])(?=[^\n]*[0-9])[A-Za-z0-9+/]{60,76}={0,2}$"

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private key", re.compile(_PRIVATE_KEY)),
    ("private key", re.compile(_LINE_OF_A_KEY)),
    *((kind, re.compile(_WORD + pattern)) for kind, pattern in _MARKED),
)
"""What is hidden wherever it stands, and what it is."""
