"""What real nginx 1.22.1 did: the recorded experiments, cut into config, request and result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_HTTP_LEVEL = re.compile(r"^(?:upstream|map)\b.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row: what was sent under which config, and what came back and what the backend got."""

    title: str
    config: str
    method: str
    target: str
    result: str
    received: str


def _rows(text: str, columns: int) -> Iterator[list[str]]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if len(cells) == columns and not set(cells[0]) <= {"-"} and cells[0] not in {"request", "sent"}:
            yield cells


def proxy_experiments() -> list[Recorded]:
    """Return every row of the proxy experiments whose config nginx accepted."""
    text = (_HERE / "proxy-experiments.md").read_text(encoding="utf-8")
    found: list[Recorded] = []
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = section.partition("\n")
        config = re.search(r"```nginx\n(.*?)```", rest, re.DOTALL)
        assert config is not None
        for sent, result, received in _rows(rest[config.end() :], 3):
            method, _, target = sent.strip("`").rpartition(" ")
            found.append(Recorded(title, _server(config[1]), method or "GET", target, result, received))
    return found


def _server(lines: str) -> str:
    """Return the whole config that an experiment's lines stood in."""
    outer = "\n".join(_HTTP_LEVEL.findall(lines))
    inner = _HTTP_LEVEL.sub("", lines).replace("@D@", "/srv")
    server = f"server {{\nlisten 18080;\nserver_name x.test;\nroot /srv/html;\n{inner}\n}}"
    return f"events {{}}\nhttp {{\n{outer}\n{server}\n}}\n"


def section(file: str, title: str) -> str:
    """Return one section of a file of experiments."""
    text = (_HERE / file).read_text(encoding="utf-8")
    return next(part for part in re.split(r"^### ", text, flags=re.MULTILINE) if part.startswith(title))


def table(text: str, columns: int) -> list[list[str]]:
    """Return the rows of the tables in a text, without ticks."""
    return [[cell.strip("`") for cell in row] for row in _rows(text, columns)]
