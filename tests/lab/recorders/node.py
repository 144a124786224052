"""Records Node's loggers: `python -m tests.lab.recorders.node OUT` writes OUT/<logger>.log, one per logger.

Needs Node 20, and in the folder that NODE_PATH names: express ws morgan winston pino pino-pretty pino-http bunyan
log4js consola signale koa koa-logger. NestJS: compile apps/nest.ts with its own packages and typescript, and give its
nest.js as a second argument.
"""

import re
import sys
from pathlib import Path

from tests.lab.recorders.knocking import record

_APPS = Path(__file__).parent / "apps"
_PORT = 21500


def main(out: Path, nest: str | None = None) -> None:
    """Record every logger of `loggers.js`, Koa, and NestJS where it was compiled."""
    table = (_APPS / "loggers.js").read_text(encoding="utf-8").partition("module.exports = {")[2]
    loggers = re.findall(r"(?:^|[,{]\s*)(\w+): (?:\w+\(|\(\) =>)", table, re.MULTILINE)
    commands = {logger: ["node", "backend.js", logger] for logger in loggers} | {"koa": ["node", "koa.js"]}
    if nest is not None:
        commands["nest"] = ["node", nest]
    for port, (name, command) in enumerate(commands.items(), _PORT):
        record([*command, str(port)], port, _APPS, out / f"{name}.log")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), *sys.argv[2:3])
