"""Records access logs of nginx in every log_format that we know: `python -m tests.lab.recorders.nginx_access FOLDER`.

Needs nginx. Writes a file per format, of the same requests: what people ask for on a day, and what attackers do.
"""

import sys
import tempfile
from pathlib import Path

from analyzer.formats.common_log_formats import BUILT_IN, COMMON, JSON, PRODUCTS
from tests.lab.asking import of_attackers, of_people
from tests.lab.twice import write

_ODD = {  # as people make them up: no config tells them, and nobody knows them
    "odd_host": '$remote_addr - $remote_user [$time_local] $host "$request" $status $bytes_sent rt=$request_time',
    "odd_front": 'shop.example.com $remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_origin"',
    "odd_bare": '$remote_addr [$time_local] "$request" $status $upstream_status $upstream_addr',
    "odd_commas": '$remote_addr - [$time_local] "$request" $status, $request_time, $http_upgrade',
}


def main(folder: Path) -> None:
    """Record."""
    formats = {each.name: (each.text, each.escape) for each in (BUILT_IN, *COMMON, *JSON, *PRODUCTS)}
    formats |= {name: (text, "default") for name, text in _ODD.items()}
    with tempfile.TemporaryDirectory() as scratch:
        written = write(formats, [*of_people(11, 30), *of_attackers(11, 12)], Path(scratch) / "prefix")
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in written.lines.items():
        (folder / f"{name}.log").write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
