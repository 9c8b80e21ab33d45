"""Nobody has all the threads."""

from dataclasses import replace

from tests.webhooks.test_courier import EVENT
from webhooks.seats import LONGEST_WAIT_S, Seats


def test_a_host_and_an_owner_have_so_many_and_no_more() -> None:
    seats = Seats(2, 3)
    hosts = [replace(EVENT, url=f"https://{name}.example.com/", owner=owner) for owner, name in ("aa", "aa", "ab", "bb", "bc")]
    assert [seats.take(event) for event in hosts] == [None] * 5
    assert seats.take(hosts[0]) == 1.0, "its host has two, its owner three"
    assert seats.take(replace(hosts[0], owner="c")) == 1.1
    assert seats.take(replace(hosts[0], url="https://d.example.com/")) == 1.0
    seats.give_back(hosts[0])
    assert seats.take(hosts[1]) is None


def test_the_more_wait_the_later_they_come_again() -> None:
    seats = Seats(1, 9)
    seats.take(EVENT)
    waits = [seats.take(EVENT) or 0.0 for _ in range(1000)]
    assert waits == sorted(waits)
    assert waits[0] == 1.0
    assert waits[-1] == LONGEST_WAIT_S
    seats.give_back(EVENT)
    assert seats.take(EVENT) is None
    assert seats.take(EVENT) == 1.0
