"""Read the end of a log file, and nothing that is none.

In: a path. Out: its last bytes, unpacked, or why there are none. The hard thing: this is run as root in folders where a
program that was broken into may write. A link that leads out of the log's own folder is not followed, a device or a
pipe is not opened, and between looking and opening nothing can be put in its place.
"""

import os
import stat
from io import BufferedReader
from pathlib import Path

from analyzer.collecting.tails import Tail
from analyzer.compression import BROKEN, is_compressed, unpacked
from analyzer.frozen import dataclass
from analyzer.gathering import reason

__all__ = ["Read", "last_of", "leads_to"]

_SAFELY = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""What is not known to a system, it does not need: Windows' logs are no links and no pipes."""
_AT_ONCE = 1 << 20
_MAGIC = 8


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the last bytes, how many there were in all, when it was last written to; or why it was not."""

    data: bytes = b""
    total: int = 0
    written: float = 0.0
    broke: str = ""


def leads_to(path: Path) -> Path:
    """Where a file lies: a link may name its neighbour. Raises ValueError where it leads out of its folder."""
    if not path.is_symlink():
        return path
    folder, target = os.path.realpath(path.parent), os.path.realpath(path)
    if Path(target).parent != Path(folder):
        raise ValueError(f"is a link to {target}, and was not followed; if that is the log, name it with --file")
    return Path(target)


def last_of(path: Path, most: int) -> Read:
    """Read the last bytes of a regular file, from the beginning of a line. Never raises."""
    try:
        found = leads_to(path)
        if not stat.S_ISREG(found.lstat().st_mode):
            return Read(broke="is no regular file, and was not opened")
        with open(os.open(found, _SAFELY), "rb") as file:  # noqa: PTH123  by its descriptor
            return _read(file, most)
    except PermissionError:
        return Read(broke="may not be read by you; run it with sudo")
    except ValueError as error:
        return Read(broke=str(error))
    except BROKEN as error:
        return Read(broke=f"could not be read: {reason(error)}")


def _read(file: BufferedReader, most: int) -> Read:
    info = os.fstat(file.fileno())
    if not stat.S_ISREG(info.st_mode):
        return Read(broke="is no regular file, and was not opened")
    tail = Tail(most)
    if is_compressed(file.peek(_MAGIC)[:_MAGIC]):
        stream = unpacked(file, info.st_size)
        while chunk := stream.read(_AT_ONCE):
            tail.add(chunk)
        return Read(tail.data(), tail.total, info.st_mtime)
    file.seek(max(0, info.st_size - most - 1))
    tail.add(file.read(min(info.st_size, most + 1)))  # what is written meanwhile is not waited for
    return Read(tail.data(), info.st_size, info.st_mtime)
