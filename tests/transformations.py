"""What happens to a bundle on its way to a reader: it is packed, saved anew, read in the wrong charset, renamed.

In come a folder and a place to write, out goes what a person would hand in. Nothing here changes what the logs tell.
"""

import tarfile
import zipfile
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path

from backports import zstd

Transformation = Callable[[Path, Path], Path]

_UNDEFINED_IN_CP1252 = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
CP1252 = [_UNDEFINED_IN_CP1252.get(byte) or bytes([byte]).decode("cp1252") for byte in range(256)]
"""Bytes as browsers and Windows read them: what cp1252 leaves undefined is a C1 control (WHATWG, windows-1252)."""
MAC_ROMAN = [bytes([byte]).decode("mac_roman") for byte in range(256)]


def files_of(bundle: Path) -> list[Path]:
    """Every file of a folder."""
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def is_log(file: Path) -> bool:
    """Say whether a file of a recorded bundle is a log: its config lies in nginx' own folders or is a dump."""
    return ".log" in file.name and ".d" not in file.parent.name


def mojibake(text: str, charset: list[str]) -> str:
    """Read a text's UTF-8 in the wrong charset."""
    return "".join(charset[byte] for byte in text.encode())


def zipped(bundle: Path, into: Path) -> Path:
    """Pack it as a zip, with the folder's own name in it, as a file manager does."""
    packed = into / "logs.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files_of(bundle):
            archive.write(file, file.relative_to(bundle.parent))
    return packed


def tarred(bundle: Path, into: Path) -> Path:
    """Pack it as a tar.zst."""
    packed = into / "logs.tar.zst"
    with zstd.ZstdFile(packed, "w") as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        archive.add(bundle, ".")
    return packed


def _rewritten(rewrite: Callable[[Path, str], bytes]) -> Transformation:
    def transformation(bundle: Path, into: Path) -> Path:
        for file in files_of(bundle):
            copy = into / file.relative_to(bundle)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(rewrite(file, file.read_bytes().decode()))
        return into

    return transformation


def _behind_compose(file: Path, text: str) -> bytes:
    if not is_log(file):
        return text.encode()
    lines = text.removesuffix("\n").split("\n")
    return "".join(f"{file.parent.name}-1  | {line}\n" for line in lines).encode()


def _read_as(charset: list[str]) -> Transformation:
    return _rewritten(lambda _, text: mojibake(text, charset).encode())


def renamed(bundle: Path, into: Path) -> Path:
    """Put every log into one folder under a name that says nothing; so is a config that nothing includes."""
    whole_config = len([file for file in files_of(bundle) if not is_log(file)]) == 1
    for file in files_of(bundle):
        name = new_name(bundle, file) if is_log(file) or whole_config else str(file.relative_to(bundle))
        copy = into / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return into


def new_name(bundle: Path, file: Path) -> str:
    """A name that says nothing, and stands at another place among its like."""
    digest = blake2b(str(file.relative_to(bundle)).encode(), digest_size=4).hexdigest()
    return f"a{digest}.txt"


TRANSFORMATIONS: Mapping[str, Transformation] = {
    "zip": zipped,
    "tar.zst": tarred,
    "CRLF": _rewritten(lambda _, text: text.replace("\n", "\r\n").encode()),
    "UTF-16": _rewritten(lambda _, text: text.encode("utf-16")),
    "compose prefix": _rewritten(_behind_compose),
    "read as cp1252": _read_as(CP1252),
    "read as Mac Roman": _read_as(MAC_ROMAN),
    "shuffled names": renamed,
}
