"""What a child has in hand, in memory that it shares with its parent: written by the child, read by the parent."""

import math
import mmap
import struct
from dataclasses import dataclass

_LAYOUT = struct.Struct("<d32s64s")  # due, token, job id
_DUE = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class InHand:
    """The attempt of a child. `job_id` is '' while the child only reaches for a job; by `due` (seconds, monotonic) it must be done."""

    token: str
    job_id: str
    due: float


class Slot:
    """One child's place. Make it before the fork."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LAYOUT.size)  # anonymous and shared

    def reach(self, token: str) -> None:
        """The child asks for a job, to be held under `token`."""
        self._write(token, "", math.inf)

    def hold(self, token: str, job_id: str, due: float) -> None:
        """The child has the job."""
        self._write(token, job_id, due)

    def clear(self) -> None:
        """The child has nothing."""
        _DUE.pack_into(self._memory, 0, 0.0)

    def read(self) -> InHand | None:
        """What the child has; None where that is nothing, or is changing at this moment."""
        due, token, job_id = _LAYOUT.unpack_from(self._memory)
        if not due or _LAYOUT.unpack_from(self._memory) != (due, token, job_id):
            return None
        return InHand(token.rstrip(b"\0").decode("ascii"), job_id.rstrip(b"\0").decode("ascii"), due)

    def _write(self, token: str, job_id: str, due: float) -> None:
        self.clear()
        _LAYOUT.pack_into(self._memory, 0, 0.0, token.encode("ascii"), job_id.encode("ascii"))
        _DUE.pack_into(self._memory, 0, due)
