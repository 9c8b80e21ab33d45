"""A value that is good for a moment."""

import threading
import time

import pytest

from service.sampled import Sampled


def test_it_is_asked_for_once_in_half_its_life() -> None:
    now_s, asked = 100.0, 0

    def load() -> int:
        nonlocal asked
        asked += 1
        return asked

    sampled = Sampled(load, 4.0, lambda: now_s)
    for later_s, expected in [(0.0, 1), (0.5, 1), (1.4, 1), (0.2, 2), (1.9, 2), (0.1, 3)]:
        now_s += later_s
        assert sampled() == expected


def test_what_cannot_be_had_is_said_and_asked_for_again() -> None:
    down = True

    def load() -> int:
        if down:
            raise OSError("down")
        return 7

    sampled = Sampled(load, 60.0)
    with pytest.raises(OSError, match="down"):
        sampled()
    down = False
    assert sampled() == 7


def test_while_one_asks_anew_the_others_go_on() -> None:
    now_s, asked = 100.0, 0
    begun, go_on = threading.Event(), threading.Event()

    def load() -> int:
        nonlocal asked
        asked += 1
        if asked == 2:
            begun.set()
            assert go_on.wait(20)
        return asked

    sampled = Sampled(load, 4.0, lambda: now_s)
    assert sampled() == 1
    now_s += 2.5
    who_asks = threading.Thread(target=sampled)
    who_asks.start()
    assert begun.wait(20)
    assert sampled() == 1, "not waited for"
    now_s += 1.4
    assert sampled() == 1
    now_s += 0.2  # its life is over
    found: list[int] = []
    who_waits = threading.Thread(target=lambda: found.append(sampled()))
    who_waits.start()
    who_waits.join(0.2)
    assert found == [], "nothing older than it may be"
    go_on.set()
    who_waits.join(20)
    who_asks.join(20)
    assert found
    assert found[0] > 1


def test_those_who_wait_share_a_failure() -> None:
    asked: list[int] = []
    failed: list[str] = []

    def load() -> int:
        asked.append(1)
        time.sleep(0.3)
        raise OSError("down")

    sampled = Sampled(load, 60.0)

    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        try:
            sampled()
        except OSError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == ["down"] * 8
    assert len(asked) < 8
    before = len(asked)
    with pytest.raises(OSError, match="down"):
        sampled()
    assert len(asked) == before + 1, "who comes later asks again"


def test_of_many_threads_one_asks() -> None:
    asked: list[int] = []

    def load() -> int:
        asked.append(1)
        time.sleep(0.05)
        return len(asked)

    sampled = Sampled(load, 60.0)
    threads = [threading.Thread(target=sampled) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
