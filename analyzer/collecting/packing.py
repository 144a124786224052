"""One archive that only its owner may read.

In: where to write it; then parts, one after another. Out: a tar.gz, or a zip by its ending. The hard thing: it holds
what nobody else may see, so it is never there with other rights, and what exists is not written over.
"""

import os
import tarfile
import time
import zipfile
from contextlib import AbstractContextManager, suppress
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from analyzer.errors import UsageError
from analyzer.gathering import reason

__all__ = ["Packed"]

_EARLIEST_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_ENDINGS = (".tar.gz", ".tgz", ".zip")


class Packed(AbstractContextManager["Packed"]):
    """An archive that is being written; an error takes it away again. Raises UsageError where it cannot be made."""

    def __init__(self, place: Path) -> None:
        if not place.name.lower().endswith(_ENDINGS):
            raise UsageError(f"{place}: collect writes {', '.join(_ENDINGS)}", "Name a file with one of these endings.")
        try:
            made = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise UsageError(f"{place} cannot be written: {reason(error)}", "Name another place: -o FILE.") from None
        self._place = place
        self._folder = place.name.removesuffix(".zip").removesuffix(".tgz").removesuffix(".tar.gz")
        _give_to_caller_of_sudo(made)
        self._file: BinaryIO = os.fdopen(made, "wb")
        self._archive: tarfile.TarFile | zipfile.ZipFile = (
            zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
            if place.suffix.lower() == ".zip"
            else tarfile.open(fileobj=self._file, mode="w:gz")  # noqa: SIM115  it is this object's, until it ends
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self._archive.close()
            self._file.close()
            return
        with suppress(OSError, ValueError):  # a full disk has been told, and takes no last words either
            self._archive.close()
        with suppress(OSError):
            self._file.close()
        self._place.unlink(missing_ok=True)

    def add(self, name: str, data: bytes, written: float = 0.0) -> None:
        """Put a part into it; `written` is its time in seconds since 1970, 0 for now."""
        at = int(written or time.time())
        if isinstance(self._archive, zipfile.ZipFile):
            moment = max(time.gmtime(at)[:6], _EARLIEST_OF_ZIP)
            entry = zipfile.ZipInfo(f"{self._folder}/{name}", moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100600 << 16
            self._archive.writestr(entry, data)
            return
        member = tarfile.TarInfo(f"{self._folder}/{name}")
        member.size, member.mtime, member.mode = len(data), at, 0o600
        self._archive.addfile(member, BytesIO(data))


def _give_to_caller_of_sudo(made: int) -> None:
    """Let the person who said `sudo` read it: root alone could not analyse it on another machine."""
    user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
    if hasattr(os, "fchown") and user.isdecimal() and group.isdecimal():
        with suppress(OSError):
            os.fchown(made, int(user), int(group))
