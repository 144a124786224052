"""A certificate authority for one recording; programs that we write ourselves verify against it, as clients do.

In: host names. Out: key and certificate files where an nginx configuration expects them, and a trusting client
context.
"""

import ssl
from pathlib import Path

import trustme


class Authority:
    """One authority, made anew for each recording and never written to a bundle."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def issue(self, directory: Path, host: str) -> None:
        """Write `<host>.pem` (the chain) and `<host>.key`."""
        directory.mkdir(parents=True, exist_ok=True)
        leaf = self._ca.issue_cert(host)
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        (directory / f"{host}.pem").write_bytes(chain)
        (directory / f"{host}.key").write_bytes(leaf.private_key_pem.bytes())

    def trusting(self) -> ssl.SSLContext:
        """Return a client context that trusts this authority and checks names.

        TLS 1.2: the session tickets of TLS 1.3 arrive after the handshake, in the thread that reads, while websockets'
        other thread writes the request; OpenSSL allows no two threads in one session, and one dial in 1,500 hung.
        """
        context = ssl.create_default_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self._ca.configure_trust(context)
        return context
