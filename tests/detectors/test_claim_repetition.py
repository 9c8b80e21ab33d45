"""Claims that say again what another has said: rows of two claims, and a document whose ranking they may not crowd."""

import pytest

from workers.detectors.claims.repetition import repeated
from workers.extraction import extract
from workers.runtime import Runtime

SAME = [
    ("한빛시는 올해 전기버스 40대를 들여온다", "올해 한빛시가 전기버스 40대를 들여온다"),
    ("부산시 출생아가 지난달 3.2% 늘었다", "지난달 부산시의 출생아는 3.2% 늘어난 것으로 나타났다"),
    ("시의회가 지하철 요금 인상안을 통과시켰다", "시의회가 12일 지하철 요금 인상안을 통과시켰다"),
]
OTHER = [
    ("한빛시는 올해 전기버스 40대를 들여온다", "한빛시는 올해 전기버스 60대를 들여온다"),
    ("시의회가 지하철 요금 인상안을 통과시켰다", "시의회가 지하철 요금 인상안을 통과시키지 않았다"),
    ("시의회가 지하철 요금 인상안을 통과시켰다", "시민단체가 지하철 요금 인상안에 반대했다"),
    ("비가 온다", "비가 왔다"),  # too short to tell
]


@pytest.mark.parametrize(("first", "second", "same"), [(*row, True) for row in SAME] + [(*row, False) for row in OTHER])
def test_who_says_the_same(first: str, second: str, same: bool, runtime: Runtime) -> None:
    claims = extract({"text": f"{first}. {second}."}, runtime)["claims"]
    assert len(claims) == 2
    assert sorted(claim["repeats"] is not None for claim in claims) == [False, same]
    for claim in claims:
        if claim["repeats"]:
            stated = next(c for c in claims if c["id"] == claim["repeats"])
            assert (stated["rank"], claim["rank"]) == (1, 2)
            assert stated["checkworthy"] >= claim["checkworthy"]


def test_ranks_are_a_permutation_and_repetitions_come_last(runtime: Runtime) -> None:
    text = "한빛시는 올해 전기버스 40대를 들여온다. 날씨가 참 좋다. 올해 한빛시가 전기버스 40대를 들여온다. 물가는 지난달 3.1% 올랐다."
    claims = sorted(extract({"text": text}, runtime)["claims"], key=lambda claim: claim["rank"])
    assert [claim["rank"] for claim in claims] == [*range(1, len(claims) + 1)]
    assert [claim["repeats"] is not None for claim in claims] == [False, False, False, True]
    first = [claim["checkworthy"] for claim in claims[:-1]]
    assert first == sorted(first, reverse=True)


def test_what_is_not_shown_is_not_pointed_to(runtime: Runtime) -> None:
    text = "한빛시는 올해 전기버스 40대를 들여온다. 올해 한빛시가 전기버스 40대를 들여온다."
    shown = extract({"text": text, "options": {"claim_types": ["opinion"]}}, runtime)["claims"]
    every = extract({"text": text}, runtime)["claims"]
    ids = {claim["id"] for claim in every}
    assert all(claim["repeats"] is None or claim["repeats"] in ids for claim in every)
    assert all(claim["repeats"] is None or claim["repeats"] in {c["id"] for c in shown} for claim in shown)


def test_claims_are_compared_by_their_words_and_by_what_they_deny() -> None:
    assert repeated(["가나다라", "가나다라"], [False, False], [1, 0]) == {0: 1}
    assert repeated(["가나다라", "가나다라"], [False, True], [1, 0]) == {}
    assert repeated(["가나", "가나"], [False, False], [0, 1]) == {}
