"""Where a store lies: a folder, or a bucket of an object storage; the same calls for both.

In: a path or a URL (`s3://bucket/prefix`, `gs://`, `az://`). Out: a `Place` of named objects. The hard thing is that a
run may be killed at any moment: an object is there whole or not at all, and what must not be overwritten is put once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import obstore
import polars as pl
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from analyzer.errors import UsageError
from analyzer.frozen import dataclass

__all__ = ["Place", "as_json", "is_remote", "place_of"]

_AT_ONCE = 16
_CREDENTIALS = "Its credentials are read from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL and the like)."


def is_remote(address: str) -> bool:
    """Say whether an address is one of an object storage.

    >>> is_remote("s3://logs/nginx"), is_remote("/var/log/nginx")
    (True, False)
    """
    return "://" in address


@dataclass(frozen=True, slots=True)
class Place:
    """Named objects. `address` is how the user calls it, and what opens it again in another process."""

    address: str
    objects: ObjectStore

    @property
    def folder(self) -> Path | None:
        """The folder of this machine in which it lies, if it does."""
        return None if is_remote(self.address) else Path(self.address)

    def read(self, name: str) -> bytes | None:
        """Give an object's bytes; None where there is none."""
        try:
            return bytes(obstore.get(self.objects, name).bytes())
        except FileNotFoundError:
            return None

    def read_json(self, name: str) -> dict[str, Any]:
        """Give the values that an object holds; none where there is none."""
        return dict(json.loads(self.read(name) or b"{}"))

    def write_json(self, name: str, values: Mapping[str, Any]) -> None:
        """Write values, whether they are there or not; the same values are the same bytes."""
        self.replace(name, as_json(values))

    def read_all(self, names: Sequence[str]) -> list[bytes]:
        """Give the bytes of several objects, in this order. Raises FileNotFoundError where one is gone."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(lambda name: bytes(obstore.get(self.objects, name).bytes()), names))

    def put_once(self, name: str, data: bytes) -> bool:
        """Write an object that is not there; say whether it was not."""
        try:
            obstore.put(self.objects, name, data, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def replace(self, name: str, data: bytes) -> None:
        """Write an object, whether it is there or not: readers see the old one or the new one."""
        obstore.put(self.objects, name, data)

    def names(self, below: str) -> list[str]:
        """Give the names of all objects below a prefix, sorted."""
        return [name for name, _, _ in self.sizes(below)]

    def sizes(self, below: str) -> Iterator[tuple[str, int, str]]:
        """Give name, size in bytes and entity tag of all objects below a prefix, by name."""
        told = (each for chunk in obstore.list(self.objects, below) for each in chunk)
        found = ((each["path"], each["size"], each["e_tag"] or "") for each in told)
        yield from sorted(found)

    def drop(self, names: Iterable[str]) -> None:
        """Delete objects; one that is gone already is none the less gone."""
        for name in names:
            try:
                obstore.delete(self.objects, name)
            except FileNotFoundError:
                continue

    def write_frame(self, name: str, frame: pl.DataFrame) -> None:
        """Write a table as Parquet."""
        data = BytesIO()
        frame.write_parquet(data, compression="zstd", statistics=True)
        self.replace(name, data.getvalue())

    def read_frame(self, name: str) -> pl.DataFrame:
        """Read a table. Raises FileNotFoundError."""
        return pl.read_parquet(BytesIO(bytes(obstore.get(self.objects, name).bytes())))


def as_json(values: Mapping[str, Any]) -> bytes:
    """Write values as JSON; a file's name may be no text."""
    text = json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return text.encode("utf-8", "surrogateescape")


def place_of(address: str) -> Place:
    """Open a place; a folder that is not there is made. Raises UsageError where that cannot be done."""
    try:
        if is_remote(address):
            return Place(address.rstrip("/"), from_url(address))
        folder = Path(address).absolute()
        return Place(str(folder), LocalStore(folder, mkdir=True))
    except (BaseError, OSError, ValueError) as error:
        hint = _CREDENTIALS if is_remote(address) else "Name a folder that can be written to."
        raise UsageError(f"{address}: no store can lie there ({_first_line(error)})", hint) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
