"""The faults, one file per cause; each exports FAULTS, and the lab finds it by its file."""
