"""How long each stage of one extraction took."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Lap = Callable[[str], None]
"""Called with a stage's name when that stage is over."""


def untimed(_stage: str) -> None:
    """A `Lap` for those who do not measure."""


@dataclass(slots=True)
class Stopwatch:
    """`lap(stage)` ends a stage that began where the one before ended; a stage that comes again adds up.

    `begun_ns` is since the epoch, the stages' ends in `ended_ns` since `begun_ns`, in order. `clock` counts nanoseconds.
    """

    clock: Callable[[], int] = time.perf_counter_ns
    begun_ns: int = field(default_factory=time.time_ns)
    ended_ns: list[tuple[str, int]] = field(default_factory=list)
    _origin_ns: int = field(init=False)

    def __post_init__(self) -> None:
        self._origin_ns = self.clock()

    def lap(self, stage: str) -> None:
        """The stage is over."""
        self.ended_ns.append((stage, self.clock() - self._origin_ns))

    def seconds(self) -> dict[str, float]:
        """The time spent in each stage."""
        spent: dict[str, float] = {}
        before = 0
        for stage, ended in self.ended_ns:
            spent[stage] = spent.get(stage, 0.0) + (ended - before) / 1e9
            before = ended
        return spent
