"""Historical logs: read once into a store, judged day by day, told as a history; here or on a cluster.

units -> pieces -> store -> days -> history

`inputs` finds the files, `pieces` cuts them, `reading` makes tables of a piece, `loading` gathers those of a day,
`verdicts` says what stopped requests on it, `history` tells all days as one. `coordinator` decides what is left to do
and lets an executor do it. The store's manifest is the only state there is.
"""
