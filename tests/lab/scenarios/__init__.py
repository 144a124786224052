"""One recording per file; each exports SCENARIO, and `python -m tests.lab.record` finds it by its file."""
