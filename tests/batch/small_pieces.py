"""Runs lasthop as the command does, with pieces of few bytes: `python -m tests.batch.small_pieces 16000 batch ...`.

A run of seconds then has as many steps, between which it can be killed, as one of hours.
"""

import sys

from analyzer.cli import main
from analyzer.commands import batch

if __name__ == "__main__":
    vars(batch)["PIECE_BYTES"] = int(sys.argv.pop(1))
    main()
