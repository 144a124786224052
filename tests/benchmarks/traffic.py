"""An access log as a busy site writes it, of any length, in seconds: `python -m tests.benchmarks.traffic LINES FILE`.

Clients, paths, agents and statuses are drawn as they come in the world: few are frequent, many are rare, ids differ on
every line. The same seed gives the same bytes.
"""

import sys
from pathlib import Path

import polars as pl

_CHUNK = 500_000
_CLIENTS, _THINGS = 60_000, 400_000
_STEP_US = 40_000
_BEGIN = 1_763_683_200_000_000  # 2025-11-21 in microseconds
_KNUTH, _ODD, _WIDE = 2_654_435_761, 40_503, 1 << 32
_PATHS = (
    *("/",) * 90, *("/login",) * 40, *("/assets/app.3f9a1c.js",) * 120, *("/assets/app.3f9a1c.css",) * 90,
    *("/api/orders/{}",) * 160, *("/api/users/{}/cart",) * 120, *("/api/search?q=shoes&page={}",) * 90,
    *("/images/products/{}.webp",) * 150, *("/api/session/refresh",) * 40, *("/ws/live",) * 30, *("/favicon.ico",) * 30,
    *("/robots.txt",) * 10, *("/api/orders/{}/items/{}",) * 30,
)  # fmt: skip
_STATUSES = (
    *(200,) * 930,
    *(304,) * 35,
    *(302,) * 12,
    *(404,) * 14,
    *(499,) * 4,
    *(500,) * 1,
    *(502,) * 1,
    *(206,) * 3,
)
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/{{}}.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) {_WEBKIT} Version/{{}}.1 Mobile/15E148",
    "okhttp/4.{}.0",
)
_AGENTS = tuple(browser.replace("{}", str(version)) for version in range(118, 146) for browser in _BROWSERS)
_REFERRERS = ("-", "https://shop.example.com/", "https://shop.example.com/search", "https://www.google.com/")


def write_traffic(path: Path, lines: int, seed: int = 1) -> None:
    """Write an access log in nginx's `combined`, of so many lines."""
    with path.open("wb") as log:
        for first in range(0, lines, _CHUNK):
            _lines(first, min(_CHUNK, lines - first), seed).write_csv(log, include_header=False, quote_style="never")


def _lines(first: int, count: int, seed: int) -> pl.DataFrame:
    number = pl.int_range(first, first + count, dtype=pl.Int64)
    draws = pl.select(number=number).select(
        "number",
        *(
            (((pl.col("number") + seed * nth) * _KNUTH + nth * _ODD) % _WIDE // 7).alias(f"r{nth}")
            for nth in range(1, 8)
        ),
    )
    at = pl.from_epoch(pl.col("number") * _STEP_US + _BEGIN, "us").dt.strftime("%d/%b/%Y:%H:%M:%S")
    path = _drawn(_PATHS, "r1").str.replace("{}", (pl.col("r2") % _THINGS).cast(pl.String), literal=True)
    path = path.str.replace("{}", (pl.col("r3") % 997).cast(pl.String), literal=True)
    status = pl.when(path == "/ws/live").then(101).otherwise(_drawn(_STATUSES, "r3"))
    who = pl.col("r4") % _CLIENTS
    client = pl.format("{}.{}.{}.{}", who % 97 + 100, who // 3 % 223 + 1, who // 251 % 239 + 1, who % 251 + 1)
    return draws.select(
        pl.format(
            '{} - - [{} +0000] "{} {} HTTP/{}" {} {} "{}" "{}"',
            client, at, pl.when(pl.col("r6") % 9 == 0).then(pl.lit("POST")).otherwise(pl.lit("GET")), path,
            pl.when(pl.col("r6") % 3 == 0).then(pl.lit("1.1")).otherwise(pl.lit("2.0")), status, pl.col("r7") % 48_611,
            _drawn(_REFERRERS, "r5"), _drawn(_AGENTS, "r6"),
        )
    )  # fmt: skip


def _draw(nth: int, seed: int) -> pl.Expr:
    """Draw a number below 2^32 / 7: multiplicative hashing (Knuth, TAOCP 3, 6.4)."""
    return ((pl.col("number") + seed * nth) * _KNUTH + nth * _ODD) % _WIDE // 7


def _drawn(values: tuple[object, ...], by: str) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(pl.col(by) % len(values))


if __name__ == "__main__":
    write_traffic(Path(sys.argv[2]), int(sys.argv[1].replace("_", "")))
