"""To come."""

from analyzer.batch.executors import Local


class Cluster(Local):
    """."""

    def __init__(self, address: str) -> None:
        super().__init__(2)
