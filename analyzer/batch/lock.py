"""One run at a time: a store is locked while one writes to it.

In: a `Place`. Out: a context in which no other run writes. The hard thing is a run that was killed: on this machine the
kernel drops its lock (flock(2)); in an object storage nobody does, so a lock there is an object that must be renewed.
"""

import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analyzer.batch.place import Place
from analyzer.errors import UsageError

__all__ = ["locked"]

_LOCK = "lock"
_RENEWED_S = 30
_STALE_S = 4 * _RENEWED_S


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Hold the lock of a store. Raises UsageError where another run holds it."""
    folder = place.folder
    with _locked_folder(folder, place.address) if folder else _locked_bucket(place):
        yield


@contextmanager
def _locked_folder(folder: Path, address: str) -> Iterator[None]:
    with (folder / _LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise _taken(address, lock.read().strip()) from None
        lock.truncate(0)
        lock.write(_who())
        lock.flush()
        yield


@contextmanager
def _locked_bucket(place: Place) -> Iterator[None]:
    if not place.put_once(_LOCK, _stamp()):
        _take_over(place)
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(place, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        place.drop([_LOCK])


def _take_over(place: Place) -> None:
    """Take a lock that nobody renews any more; by the clocks of this machine and of the one that wrote it."""
    told = json.loads(place.read(_LOCK) or b"{}")
    if time.time() - float(told.get("renewed", 0)) < _STALE_S:
        raise _taken(place.address, str(told.get("who", "another run")))
    place.drop([_LOCK])
    if not place.put_once(_LOCK, _stamp()):
        raise _taken(place.address, "another run")


def _renew(place: Place, done: threading.Event) -> None:
    while not done.wait(_RENEWED_S):
        place.replace(_LOCK, _stamp())


def _stamp() -> bytes:
    return json.dumps({"who": _who(), "renewed": time.time()}).encode()


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _taken(address: str, who: str) -> UsageError:
    hint = "Wait for it to end. One that was killed holds a folder no longer, and a bucket for two minutes."
    return UsageError(f"{address}: another run writes to this store ({who or 'unknown'})", hint)
