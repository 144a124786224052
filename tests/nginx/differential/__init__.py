"""The model of nginx against a real one, on configs and requests that nobody thought of.

    python -m tests.nginx.differential --pairs 20000 --seed 7

`sites` and `requests` draw what is asked, `lab` asks nginx, `asking` both, `judging` holds the two answers
against each other, `smaller` takes out of a disagreement whatever it does not need, `tally` counts.
"""
