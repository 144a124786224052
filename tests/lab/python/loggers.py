"""Each logger of Python as its manual sets it up."""

import logging
import sys
from collections.abc import Callable
from typing import Protocol, cast

import structlog
from loguru import logger


class Says(Protocol):
    """What a backend says, with the fields that go along."""

    def debug(self, words: str, **fields: object) -> None: ...
    def info(self, words: str, **fields: object) -> None: ...
    def success(self, words: str, **fields: object) -> None: ...
    def warning(self, words: str, **fields: object) -> None: ...
    def exception(self, words: str, **fields: object) -> None: ...


class _HandsOn(logging.Handler):
    """loguru's manual: hand to loguru what logging is told."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(depth=6, exception=record.exc_info).log(record.levelname, record.getMessage())


class _WithSuccess(structlog.make_filtering_bound_logger(logging.DEBUG)):  # type: ignore[misc]
    """structlog has no such level."""

    def success(self, words: str, **fields: object) -> None:
        self.info(words, **fields)


def _loguru(**sink: object) -> Callable[[], Says]:
    def made() -> Says:
        logger.remove()
        logger.add(sys.stderr, **sink)
        logging.basicConfig(handlers=[_HandsOn()], level=logging.INFO, force=True)
        return cast("Says", logger)

    return made


def _structlog(*processors: object) -> Callable[[], Says]:
    def made() -> Says:
        shared = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")]
        written = structlog.PrintLoggerFactory(sys.stderr)
        structlog.configure([*shared, *processors], wrapper_class=_WithSuccess, logger_factory=written)
        return cast("Says", structlog.get_logger())

    return made


_WITH_EXTRA = "{time:YYYY-MM-DD HH:mm:ss} | {level: <8} | {name}:{function}:{line} - {message} | {extra}"
_SHORT = "<green>{time:HH:mm:ss}</green> | <level>{level}</level> | <level>{message}</level>"
_PLAIN, _STACK = structlog.dev.plain_traceback, structlog.processors.format_exc_info
_FIRST = ["timestamp", "level", "event"]

LOGGERS: dict[str, Callable[[], Says]] = {
    "loguru": _loguru(),
    "loguru_colour": _loguru(colorize=True),
    "loguru_plain": _loguru(backtrace=False, diagnose=False),
    "loguru_extra": _loguru(format=_WITH_EXTRA, diagnose=False),
    "loguru_short": _loguru(format=_SHORT, colorize=False, diagnose=False),
    "loguru_json": _loguru(serialize=True),
    "structlog_console": _structlog(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_PLAIN)),
    "structlog_colour": _structlog(structlog.dev.ConsoleRenderer(colors=True, exception_formatter=_PLAIN)),
    "structlog_logfmt": _structlog(_STACK, structlog.processors.LogfmtRenderer(key_order=_FIRST)),
    "structlog_json": _structlog(_STACK, structlog.processors.JSONRenderer()),
}
