"""Lines recorded from real programs: each script writes what one of them printed."""
