"""What a store need not hold any more: what is older than it is to be kept, and what no commit names.

In: a store, its manifest, how long to keep. Out: the manifest that counts then. The hard thing is that what was dropped
must not be read again when the same log is handed in once more: its commit stays, without tables.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from analyzer.batch.manifest import (
    EVENTS_IN,
    FAMILIES_IN,
    PULSES_IN,
    UNDATED,
    Held,
    Manifest,
    commit_piece,
    forget,
)
from analyzer.batch.place import Place

__all__ = ["retained", "swept"]

_TABLES = (EVENTS_IN, FAMILIES_IN, PULSES_IN, "findings", "reports")


def retained(place: Place, manifest: Manifest, days: int | None) -> Manifest:
    """Let what is more than so many days before the store's last day count no more; None: all is kept."""
    dated = [day for day in manifest.all_days if day != UNDATED]
    if days is None or not dated:
        return manifest
    first = (date.fromisoformat(dated[-1]) - timedelta(days=days - 1)).isoformat()
    pieces = {piece.id: _since(piece, first) for piece in manifest.pieces.values()}
    for id_, piece in pieces.items():
        if piece != manifest.pieces[id_]:
            commit_piece(place, piece)
    return replace(manifest, pieces=pieces)


def _since(piece: Held, first: str) -> Held:
    return replace(
        piece,
        objects={day: names for day, names in piece.objects.items() if day >= first},
        hours={hour: records for hour, records in piece.hours.items() if hour >= first},
    )


def swept(place: Place, manifest: Manifest, stretches: Iterable[str]) -> Manifest:
    """Drop the commits of pieces that were replaced and of stretches that are none any more, and tables without one."""
    gone = set(manifest.days) - set(stretches)
    forget(place, manifest.replaced, gone)
    days = {name: told for name, told in manifest.days.items() if name not in gone}
    named = {name for piece in manifest.pieces.values() for name in piece.names}
    named |= {str(told[what]) for told in days.values() for what in ("page", "findings") if told.get(what)}
    place.drop(name for folder in _TABLES for name in place.names(folder) if name not in named)
    return Manifest(manifest.pieces, days)
