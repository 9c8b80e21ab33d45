"""Prefer: wait, and the seats for those who wait."""

import pytest

from service.waiting import SLICE_S, STOPPING, WaitingRoom, preferred_wait


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], 0),
        (["wait=5"], 5),
        (["wait = 5"], 5),
        (['Wait="7"'], 7),
        (["respond-async, wait=10"], 10),
        (["respond-async", "wait=10"], 10),
        (["wait=10;foo=bar"], 10),
        (["wait=3, wait=9"], 3),
        (["wait=31"], 30),
        (["wait=999999999"], 30),
        (["wait=9999999999999999999999"], 0),
        (["wait=-5"], 0),
        (["wait"], 0),
        (["await=5"], 0),
        (["wait=5s"], 0),
        (["wait=٥"], 0),
    ],
)
def test_preferred_wait(headers: list[str], seconds: int) -> None:
    assert preferred_wait(headers) == seconds


def test_seats_are_few_and_are_given_back() -> None:
    room = WaitingRoom(1)
    for _ in range(2):
        with room.seat() as first, room.seat() as second:
            assert (first, second) == (True, False)


def test_holds_until_it_is_done() -> None:
    seen = iter("abcd")
    timeouts = []

    def look(timeout: float) -> str:
        timeouts.append(timeout)
        return next(seen)

    assert WaitingRoom(1).hold(30, look, lambda value: value == "c") == "c"
    assert len(timeouts) == 3
    assert all(0 < timeout <= SLICE_S for timeout in timeouts)


def test_holds_no_longer_than_it_is_asked_to() -> None:
    assert WaitingRoom(1).hold(0, lambda timeout: "as it stands", lambda value: False) == "as it stands"


def test_holds_nobody_without_a_seat() -> None:
    assert WaitingRoom(0).hold(30, lambda timeout: 1, lambda value: False) is None


def test_holds_nobody_when_the_process_is_to_stop() -> None:
    STOPPING.set()
    try:
        assert WaitingRoom(1).hold(30, lambda timeout: "as it stands", lambda value: False) == "as it stands"
    finally:
        STOPPING.clear()
