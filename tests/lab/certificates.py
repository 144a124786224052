"""A certificate authority for one recording; programs that we write ourselves verify against it, as clients do.

In: host names. Out: key and certificate files where an nginx configuration expects them, and a trusting client
context.
"""

import base64
import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

GOOD, EXPIRED, OTHER_NAME, UNTRUSTED = "good", "expired", "other-name", "untrusted"


class Authority:
    """One authority, made anew for each recording and never written to a bundle."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self._pins: list[str] = []

    def issue(self, directory: Path, host: str, kind: str = GOOD) -> None:
        """Write `<host>.pem` (the chain) and `<host>.key`."""
        directory.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA() if kind == UNTRUSTED else self._ca
        until = datetime.now(tz=UTC) - timedelta(days=2) if kind == EXPIRED else None
        leaf = authority.issue_cert("other.example.net" if kind == OTHER_NAME else host, not_after=until)
        if kind == GOOD:
            self._pins.append(pin_of(leaf.cert_chain_pems[0].bytes()))
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        (directory / f"{host}.pem").write_bytes(chain)
        (directory / f"{host}.key").write_bytes(leaf.private_key_pem.bytes())

    @property
    def pins(self) -> str:
        """Return the option by which Chromium trusts what was issued well, and nothing else."""
        return f"--ignore-certificate-errors-spki-list={','.join(self._pins)}"

    def trusting(self) -> ssl.SSLContext:
        """Return a client context that trusts this authority and checks names.

        TLS 1.2: the session tickets of TLS 1.3 arrive after the handshake, in the thread that reads, while websockets'
        other thread writes the request; OpenSSL allows no two threads in one session, and one dial in 1,500 hung.
        """
        context = ssl.create_default_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self._ca.configure_trust(context)
        return context


def pin_of(certificate: bytes) -> str:
    """Return the hash of the public key, as Chromium and RFC 7469 write it."""
    key = load_pem_x509_certificate(certificate).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()
