"""Secrets of the kinds that logs hold, each as a program prints it. None is real: they are put together here."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from analyzer.shipped import shipped

_LETTERS = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6"
_HEX = "0123456789abcdef" * 4


@dataclass(frozen=True, slots=True)
class Planted:
    """A line that a program prints, and the secret in it."""

    name: str
    line: str
    secret: str


def _in(name: str, template: str, secret: str) -> Planted:
    return Planted(name, template.format(secret), secret)


PLANTED = (
    _in("token in a query", "url: '/ws/live-calls?token={}&room=7',", "s3cr3t-t0ken"),
    _in("api key in a query", "GET /v1/calls?api_key={} HTTP/1.1", "k3y0f4cme"),
    _in("token in a query within a query", "url: '/login?next=%2Fws%3Faccess_token%3D{}%26room%3D7',", "abcd3fgh1jk"),
    _in("signature of a signed address", "url: 'https://b.example/f?X-Amz-Signature={}&X-Amz-Date=20261121',", _HEX),
    _in("session of socket.io", "url: '/socket.io/?EIO=4&transport=websocket&sid={}',", "Lbo5JLzTotvW3g2LAAAB"),
    _in("bearer token", "authorization: 'Bearer {}',", _LETTERS[:40]),
    _in("basic credentials", '"Authorization": "Basic {}"', "YWxpY2U6aHVudGVyMg=="),
    _in("digest credentials", "Authorization: Digest username={}", 'alice, response="6629fae4"'),
    _in("JSON Web Token", "handshake with eyJhbGciOiJIUzI1NiJ9.{}", "eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"),
    _in("JSON Web Token cut off", "subprotocols: [ 'jwt', '{}", "eyJhbGciOiJIUzI1NiIsInR"),
    _in("cookie", "cookie: 'theme=dark; lang={}',", "de-At-Home"),
    _in("cookie set", "set-cookie: connect.sid={}; Path=/; HttpOnly", "s%3Aq1w2e3r4.t5y6"),
    _in("key in a header", "'x-api-key': '{}',", "zzz-999"),
    _in("token in a header", '{{"x-auth-token":"{}"}}', "t-0-k-e-n"),
    _in("token in escaped JSON", '"{{\\"refresh_token\\":\\"{}\\"}}"', "r3fr3sh"),
    _in("password in an environment", "DB_PASSWORD={}", "correct.horse"),
    _in("password in YAML", "  password: {}", "tr0ub4dor"),
    _in("password in an object", "{{ user: 'alice', password: '{}' }}", "hunter2"),
    _in("password in an address", "connecting to postgres://app:{}@db.internal:5432/calls", "p4ssw0rd"),
    _in("password as an option", "exec: mysql -u root --password {} calls", "sw0rdfish"),
    _in("client's secret", "clientSecret: '{}',", "0ct0cat-s3cret"),
    _in("AWS key", "aws: {}", "AKIA" + "IOSFODNN7EXAMPLE"),
    _in("AWS secret key", "AWS_SECRET_ACCESS_KEY={}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    _in("GitHub token", "remote: {}", "ghp_" + _LETTERS[:36]),
    _in("GitLab token", "remote: {}", "glpat-" + _LETTERS[:20]),
    _in("Slack token", "slack: {}", "xoxb-" + "123456789012-" + _LETTERS[:24]),
    _in("Slack webhook", "post https://hooks.slack.com/services/{}", "T00000000/B00000000/" + _LETTERS[:24]),
    _in("Stripe key", "stripe: {}", "sk_live_" + _LETTERS[:24]),
    _in("Google key", "maps: {}", "AIza" + _LETTERS[:35]),
    _in("OpenAI key", "Incorrect API key provided: {}", "sk-proj-" + _LETTERS[:40]),
    _in("Anthropic key", "model: {}", "sk-ant-api03-" + _LETTERS[:40]),
    _in("npm token", "registry {}", "npm_" + _LETTERS[:36]),
    _in("PyPI token", "upload {}", "pypi-AgEIcHlwaS5vcmc" + _LETTERS),
    _in("SendGrid key", "mail {}", f"SG.{_LETTERS[:22]}.{_LETTERS[:43]}"),
    _in("Twilio key", "sms {}", "SK" + _HEX[:32]),
    _in("Telegram token", "GET /bot{}/getMe", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8"[:45]),
    _in("private key", "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----", _LETTERS[:48]),
    _in("email", "user: '{}',", "alice.liddell@wonder.example.org"),
    _in("email in a query", "url: '/invite?to={}',", "alice%40wonder.example.org"),
)

REFUSED = "  origin: 'https://voxanne.ai',\n"


def planted_bundle(bundle: Path) -> Path:
    """Make the sample of a refused origin, every secret in the object that its backend printed, one in its browser."""
    shutil.copytree(shipped("samples") / "incident-4", bundle)
    log = bundle / "backend" / "callwaitingai-backend.log"
    lines = "".join(f"  {planted.line}\n" for planted in PLANTED)
    log.write_text(log.read_text(encoding="utf-8").replace(REFUSED, REFUSED + lines), encoding="utf-8")
    browser = next((bundle / "browser").iterdir())
    said = browser.read_text(encoding="utf-8").replace("/ws/live-calls'", "/ws/live-calls?token=br0wsers-0wn'")
    browser.write_text(said, encoding="utf-8")
    return bundle
