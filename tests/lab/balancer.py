"""Run a real HAProxy as the load balancer, and keep its log as rsyslog would write it.

In: an haproxy.cfg as its owner has it, and a folder. Out: the running HAProxy, and its log. The hard thing: HAProxy
writes no file. It sends datagrams to a syslog server, or prints where it runs in a container; what stands before each
line in the file is the syslog server's.
"""

import re
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from tests.lab.processes import LOOPBACK, LabError, Program, running

CONFIG = "haproxy.cfg"
_BIND = re.compile(r"^\s*bind\s+\S*?:(\d+)\b", re.MULTILINE)
_LOG = re.compile(r"^\s*log\s+(stdout|127\.0\.0\.1(?::(?P<port>\d+))?)\s", re.MULTILINE)
_SYSLOG_PORT = 514  # RFC 3164, section 2
_RFC_3164 = re.compile(r"<\d+>(?P<stamp>[A-Z][a-z]{2} [ \d]\d [\d:]{8}) (?P<said>.*)", re.DOTALL)
_LONGEST = 65535


class Written(Enum):
    """How rsyslog writes what it received: by its traditional template, or by the one of Debian 12 and later."""

    TRADITIONAL = "Nov 23 08:57:01 localhost haproxy[812]: ..."
    PRECISE = "2026-11-23T08:57:01+00:00 localhost haproxy[812]: ..."


@dataclass(frozen=True, slots=True)
class Balancer:
    """A running HAProxy and the file that has its log."""

    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def serve(
    configuration: str, folder: Path, written: Written = Written.TRADITIONAL, env: Mapping[str, str] | None = None
) -> Iterator[Balancer]:
    """Run HAProxy on this configuration while the block lasts.

    `log 127.0.0.1 local0` is received by the lab and written to haproxy.log; `log stdout format raw local0` is what a
    container's log is: bare lines, after HAProxy's own words on its start. Without `option dontlognull`, which Debian
    sets, the connection by which the lab finds it ready stands there too.
    """
    target = _LOG.search(configuration)
    if target is None:
        raise LabError("haproxy.cfg must log to 127.0.0.1 or to stdout")
    printed = target[1] == "stdout"
    log = folder / ("haproxy-stdout.log" if printed else "haproxy.log")
    with ExitStack() as programs:
        if not printed:
            zone = ZoneInfo((env or {}).get("TZ", "UTC"))
            programs.enter_context(received(log, int(target["port"] or _SYSLOG_PORT), written, zone))
        process = programs.enter_context(running(program(configuration, folder, env)))
        yield Balancer(process, log)


def program(configuration: str, folder: Path, env: Mapping[str, str] | None = None) -> Program:
    """Write haproxy.cfg to the folder, and return the program that runs on it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(configuration, encoding="utf-8")
    ports = sorted({int(port) for port in _BIND.findall(configuration)})
    command = ("haproxy", "-db", "-f", CONFIG)
    return Program(command, folder, folder / "haproxy-stdout.log", ports, env or {})


@contextmanager
def received(log: Path, port: int, written: Written, zone: ZoneInfo) -> Iterator[None]:
    """Receive syslog's datagrams and write them to a file while the block lasts, as rsyslog does."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, log.open("a", encoding="utf-8") as file:
        server.bind((LOOPBACK, port))
        writer = threading.Thread(target=_write, args=(server, file, written, zone), daemon=True)
        writer.start()
        try:
            yield
        finally:
            server.sendto(b"", (LOOPBACK, port))
            writer.join()


def _write(server: socket.socket, file: IO[str], written: Written, zone: ZoneInfo) -> None:
    while datagram := server.recv(_LONGEST):
        with suppress(ValueError):
            file.write(f"{_line(datagram.decode(errors='replace'), written, zone)}\n")
            file.flush()


def _line(datagram: str, written: Written, zone: ZoneInfo) -> str:
    """Write a datagram of RFC 3164 as a line; rsyslog takes the host from the sender's address, loopback's here."""
    found = _RFC_3164.fullmatch(datagram.rstrip("\n"))
    if found is None:
        raise ValueError(datagram)
    stamp = found["stamp"]
    if written is Written.PRECISE:
        year = datetime.now(tz=zone).year
        stamp = datetime.strptime(f"{year} {stamp}", "%Y %b %d %H:%M:%S").replace(tzinfo=zone).isoformat()
    return f"{stamp} localhost {found['said']}"
