"""News of invented places and people, of any length and all different: repeated text would be found in caches."""

import random
import re
from collections.abc import Iterator

_PLACES = (
    "한빛시",
    "새솔군",
    "가온시",
    "나래구",
    "다온시",
    "라온군",
    "마루시",
    "바람구",
    "사랑시",
    "아라군",
    "자람시",
    "푸른시",
    "하늘구",
    "해솔시",
)
_SURNAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황")
_NAMES = ("도경", "하늘", "서연", "민준", "지우", "현서", "은호", "가람", "새별", "다운", "보라", "시우", "유진", "태민", "소율", "건우")
_TITLES = ("시장", "국장", "교수", "대표", "의원", "연구원", "본부장", "위원장", "소장", "과장")
_BODIES = ("교통연구원", "통계연구소", "시의회", "상공회의소", "환경단체", "교육청", "소방본부", "도시공사", "농업기술원", "보건소")
_THINGS = (
    "전기버스",
    "도서관",
    "공공주택",
    "자전거도로",
    "충전기",
    "급식실",
    "노인복지관",
    "물놀이장",
    "주차장",
    "태양광 설비",
    "하수처리장",
)
_SUBJECTS = (
    "이용객",
    "관광객",
    "취업자",
    "매출",
    "수출액",
    "예산",
    "물가",
    "사고",
    "출생아",
    "전력 사용량",
    "강수량",
    "미세먼지 농도",
    "빈집",
)
_FIELDS = ("교통", "주거", "복지", "환경", "교육", "산업", "문화", "안전", "보건", "농업")
_DAYS = ("월요일", "화요일", "수요일", "목요일", "금요일")


_WORDS = {"place": _PLACES, "thing": _THINGS, "subject": _SUBJECTS, "field": _FIELDS}
_SENTENCES = (
    "{place:이} {year}까지 {thing:을} {number}곳으로 늘리기로 했다.",
    "{person:은} “{thing} 문제를 그대로 두면 {year}에는 손을 쓸 수 없다”고 말했다.",
    "{body}에 따르면 {month} {subject:은} 하루 평균 {number}명으로, 1년 전보다 {share} 늘었다.",
    "시는 이를 위해 {money}을 들인다고 {day} 밝혔다.",
    "다만 {thing:이} 부족하다는 지적도 나온다.",
    "{person:은} {day} 기자회견에서 “{field} 정책을 처음부터 다시 살펴보겠다”며 “주민의 뜻을 따르겠다”고 강조했다.",
    "{month} 기준 {place}의 {subject:은} {number}건으로 전국 평균의 {share}에 그쳤다.",
    "한 업계 관계자는 “비용이 {share} 가까이 올라 버티기 어렵다”고 전했다.",
    "{subject:이} 줄어든 까닭은 아직 분명하지 않다.",
    "{body:은} 보고서에서 {thing} {count}곳 가운데 {count}곳이 기준에 못 미친다고 분석했다.",
    "주민들은 {thing} 앞길이 좁아 다니기가 위험하다고 호소한다.",
    "{year} 예산은 {money}으로 {share} 깎일 전망이다.",
    "{person:은} “그런 일은 없었다”고 부인했다.",
    "{place:은} {place}, {place:과} 함께 {field} 협의체를 꾸린다.",
    "이 사업이 {field} 분야에 어떤 변화를 가져올지 관심이 쏠린다.",
    "{subject:은} {month}부터 석 달째 내림세를 보였다.",
    "{body} 조사에서 응답자의 {share}는 {thing:이} 더 필요하다고 답했다.",
    "공사는 {day} 시작해 {year} 하반기에 끝날 예정이다.",
    "전문가들은 {field:과} {field:을} 따로 떼어 볼 수 없다고 입을 모은다.",
    "{person:이} 이끄는 모임은 {day} {hour}에 첫 회의를 열었다.",
    "오래 미뤄 온 일이라 반기는 목소리가 크지만 걱정도 적지 않다.",
    "{thing} 이용료는 {price}에서 {price}으로 오른다.",
    "이에 대해 {place} 쪽은 “확인해 줄 수 없다”는 태도를 보였다.",
    "{year}에는 {subject:이} {count}명을 넘어설 것으로 보인다.",
)
"""`{thing:을}` is a thing with the particle 을 or 를."""

_SLOT = re.compile(r"\{(\w+):?(\w?)\}")


_AFTER_VOWEL = {"은": "는", "이": "가", "을": "를", "과": "와"}


class _Writer:
    """Makes up sentences."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same text each time is what is wanted

    def paragraph(self) -> list[str]:
        """Some sentences."""
        return [self._sentence() for _ in range(self._random.randint(2, 6))]

    def _sentence(self) -> str:
        return _SLOT.sub(lambda slot: self._filled(slot[1], slot[2]), self._random.choice(_SENTENCES))

    def _filled(self, slot: str, particle: str) -> str:
        word = self._word(slot)
        closed = (ord(word[-1]) - ord("가")) % 28
        return word + (particle if closed else _AFTER_VOWEL.get(particle, particle))

    def _word(self, slot: str) -> str:
        pick, whole = self._random.choice, self._random.randint
        match slot:
            case "person":
                return f"{pick(_SURNAMES)}{pick(_NAMES)} {pick(_TITLES)}"
            case "body":
                return f"{pick(_PLACES)} {pick(_BODIES)}"
            case "number":
                value = whole(20, 9_999)
                return pick((str(value), f"{value:,}", f"{value // 10}만{whole(1, 9)}천"))
            case "count":
                return str(whole(2, 900))
            case "share":
                return f"{whole(1, 89)}.{whole(1, 9)}%"
            case "money":
                return pick((f"{whole(2, 999)}억원", f"{whole(1, 30)}조 {whole(1, 9)}천억원"))
            case "price":
                return f"{whole(10, 90)}00원"
            case "day":
                return pick((f"{whole(1, 28)}일", f"지난달 {whole(1, 28)}일", f"지난 {pick(_DAYS)}"))
            case "hour":
                return f"{pick(('오전', '오후'))} {whole(1, 11)}시"
            case "month":
                return pick((f"지난 {whole(1, 12)}월", f"20{whole(15, 25)}년 {whole(1, 12)}월", "지난해 말"))
            case "year":
                return pick(("내년", "올해", "지난해", f"20{whole(26, 40)}년"))
        return pick(_WORDS[slot])


def news(size_bytes: int, seed: int = 1) -> str:
    """Text of `size_bytes` in UTF-8, a sentence more or less, in paragraphs; equal seeds give equal texts."""
    return "".join(_until(size_bytes, _Writer(seed)))


def _until(size_bytes: int, writer: _Writer) -> Iterator[str]:
    written = 0
    while written < size_bytes:
        *sentences, last = writer.paragraph()
        for part in (*(f"{each} " for each in sentences), f"{last}\n\n"):
            if written < size_bytes:
                yield part
                written += len(part.encode())
