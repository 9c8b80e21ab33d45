"""How the time a character grows with the length of the text: processor time, the least of several runs, both lengths side by side."""

import gc
import time
from collections.abc import Callable

SHORT, LONG = 1_000, 100_000
_ATTEMPTS, _SHORT_RUNS = 3, 8


def growth(piece: str, prepare: Callable[[str], Callable[[], object]], enough: float) -> float:
    """Time a character of 100,000 characters of `piece` over that of 1,000; measured again while it is above `enough`.

    `prepare` makes the work to measure from a text.
    """
    short, long = (prepare((piece * (size // len(piece) + 1))[:size]) for size in (SHORT, LONG))
    best = float("inf")
    for _ in range(_ATTEMPTS):
        best = min(best, (_least(long, 1) / LONG) / (_least(short, _SHORT_RUNS) / SHORT))
        if best <= enough:
            break
    return best


def _least(work: Callable[[], object], runs: int) -> float:
    times = []
    gc.disable()  # it walks over all that the tests have loaded, which is none of the detector's doing
    try:
        for _ in range(runs):
            begun = time.process_time()
            work()
            times.append(time.process_time() - begun)
    finally:
        gc.enable()
    return min(times)
