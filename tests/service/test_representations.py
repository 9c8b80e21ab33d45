"""CSV, JSON-LD and HTML of a result: complete, safe, and right about places in every unit of offsets."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from itertools import chain
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from schemas import labels
from service import examples
from service.representations import csv as claim_rows
from service.representations import html, jsonld
from service.representations.formats import FORMATS
from service.representations.outcome import Outcome
from service.representations.reading import legible
from tests.service.driver import Driver

EXAMPLE = Outcome(examples.TEXT, examples.RESULT)
FAILED = Outcome("", {"document": {"id": "=bad"}, "error": {"title": "Wrong", "detail": "<b>It is</b> blank"}})
HOSTILE = ["=cmd|'/c calc'!A1", "+1", "-2", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''=1", "'", 'a;b,c"d"', "", "\x00"]


def rows(text: str) -> list[dict[str, str]]:
    """As a reader of CSV sees it; escapes taken off."""
    assert text.startswith("\ufeff")
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    return [{name: claim_rows.unescape(cell) for name, cell in row.items()} for row in reader]


# --- a result made for a text, in each unit


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    """A text of any letters with items anywhere in it, offsets in any unit."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
    unit = draw(st.sampled_from(list(labels.OffsetUnit)))

    def offset(i: int) -> int:
        head = text[:i]
        sizes = {"code_point": i, "utf16": len(head.encode("utf-16-le")) // 2, "utf8": len(head.encode())}
        return sizes[unit]

    def span() -> dict[str, Any]:
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        return {"start": offset(start), "end": offset(end), "text": text[start:end]}

    (claim,), (number, _), (time,), (entity,) = (examples.RESULT[layer] for layer in ("claims", "numbers", "times", "entities"))
    count = st.integers(0, 3)
    result = {
        **examples.RESULT,
        "offset_unit": unit.value,
        "claims": [claim | span() | {"id": f"c{i}", "numbers": ["n0"], "entities": ["e0"]} for i in range(draw(count))],
        "numbers": [number | span() | {"id": f"n{i}"} for i in range(draw(count))],
        "times": [time | span() | {"id": f"t{i}"} for i in range(draw(count))],
        "entities": [entity | {"id": f"e{i}", "mentions": [span(), span()]} for i in range(draw(count))],
    }
    return Outcome(text, result)


# --- CSV


def test_csv_has_a_row_for_each_claim() -> None:
    (row,) = rows(claim_rows.one(EXAMPLE))
    (claim,) = examples.RESULT["claims"]
    assert list(row) == list(claim_rows.COLUMNS)
    assert (row["document_id"], row["published_at"]) == ("news-1", "2024-02-12")
    assert examples.TEXT[int(row["start"]) : int(row["end"])] == row["claim"] == claim["text"]
    assert (row["type"], row["checkworthy"], row["negated"]) == ("comparison", "0.94", "false")
    assert (row["said_by"], row["cue"], row["style"], row["transparency"]) == ("새빛시", "밝혔다", "indirect", "named")
    assert row["numbers"] == "1천240명 = 1240 명; 3.2% = 3.2 %"
    assert row["times"] == "지난해 12월 = 2023-12"


def test_many_documents_share_one_header_and_one_byte_order_mark() -> None:
    text = "".join(claim_rows.many([EXAMPLE, FAILED, EXAMPLE]))
    assert text.count("\ufeff") == 1
    assert [(row["document_id"], row["error"]) for row in rows(text)] == [("news-1", ""), ("=bad", "<b>It is</b> blank"), ("news-1", "")]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_cell_runs_as_a_formula_and_none_is_changed(hostile: str) -> None:
    claim = examples.RESULT["claims"][0] | {"text": hostile}
    document = examples.RESULT["document"] | {"title": hostile, "source": hostile}
    text = claim_rows.one(Outcome(examples.TEXT, examples.RESULT | {"claims": [claim], "document": document}))
    raw = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1]
    assert not [cell for cell in raw if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell)]
    (row,) = rows(text)
    assert row["claim"] == row["document_title"] == row["document_source"] == hostile


@given(st.text() | st.text("'=+-@\t ＝", max_size=5))
def test_escaping_loses_nothing(cell: str) -> None:
    assert claim_rows.unescape(claim_rows.escape(cell)) == cell
    assert not claim_rows.escape(cell).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@given(outcomes())
def test_csv_is_read_back_as_it_was(outcome: Outcome) -> None:
    assert [row["claim"] for row in rows(claim_rows.one(outcome))] == [claim["text"] for claim in outcome.result["claims"]]


# --- JSON-LD


def annotations(outcome: Outcome) -> list[dict[str, Any]]:
    collection = json.loads(jsonld.one(outcome))
    assert collection["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert collection["type"] == "AnnotationCollection"
    items = collection["first"]["items"] if "first" in collection else []
    assert collection["total"] == len(items)
    return list(items)


def targets(annotation: dict[str, Any]) -> list[dict[str, Any]]:
    target = annotation["target"]
    return target if isinstance(target, list) else [target]


def test_annotations_have_the_shape_of_the_standard() -> None:
    """The MUSTs of the W3C Web Annotation Data Model."""
    collection = json.loads(jsonld.one(EXAMPLE))
    page = collection["first"]
    assert page["type"] == "AnnotationPage"
    motivations = {"classifying", "describing", "identifying"}
    identities = [collection["id"], page["id"], *(item["id"] for item in page["items"])]
    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", identity) for identity in identities)
    for item in page["items"]:
        assert item["type"] == "Annotation"
        assert item["motivation"] in motivations
        assert item["body"]
        for target in targets(item):
            assert target["type"] == "SpecificResource"
            assert re.fullmatch(r"ni:///sha-256;[\w-]{43}", target["source"]["id"])
            quote, position = target["selector"]
            assert quote.keys() == {"type", "exact", "prefix", "suffix"}
            assert position.keys() == {"type", "start", "end"}
            assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")


def test_a_claim_is_a_claim_of_schema_org() -> None:
    claim, *rest = annotations(EXAMPLE)
    said, tag = claim["body"]
    assert said["type"] == "schema:Claim"
    assert said["schema:text"] == "지난해 12월 출생아가 1천240명으로 전달보다 3.2% 늘었다"
    assert said["schema:author"] == {"type": "schema:Organization", "schema:name": "새빛시"}
    assert {"type": "schema:PropertyValue", "schema:name": "checkworthy", "schema:value": 0.94} in said["schema:additionalProperty"]
    assert (tag["purpose"], tag["value"]) == ("tagging", "comparison")
    assert [link["id"] for link in said["schema:mentions"]] == [item["id"] for item in rest[:3]]
    bodies = [item["body"] for item in rest]
    assert (bodies[0]["type"], bodies[0]["schema:value"], bodies[0]["schema:unitText"]) == ("schema:QuantitativeValue", "1240", "명")
    assert bodies[2]["value"] == "2023-12"
    assert (bodies[3]["type"], bodies[3]["schema:name"]) == ("schema:Organization", "새빛시")


def test_money_has_a_currency_and_an_address_names_its_text() -> None:
    number = examples.RESULT["numbers"][0] | {"kind": "money", "unit": "KRW", "value": None, "low": "3", "high": "5"}
    document = examples.RESULT["document"] | {"url": "https://news.example/1"}
    items = annotations(Outcome(examples.TEXT, examples.RESULT | {"numbers": [number], "document": document}))
    body = next(item["body"] for item in items if item["motivation"] == "describing")
    assert {k: body[k] for k in ("type", "schema:currency", "schema:minValue", "schema:maxValue")} == {
        "type": "schema:MonetaryAmount",
        "schema:currency": "KRW",
        "schema:minValue": "3",
        "schema:maxValue": "5",
    }
    assert items[0]["target"]["source"]["id"] == "https://news.example/1"
    assert items[0]["target"]["source"]["canonical"].startswith("ni:///sha-256;")


@given(outcomes())
def test_selectors_find_their_words_again(outcome: Outcome) -> None:
    spans = [s for layer in ("claims", "numbers", "times") for s in outcome.result[layer]]
    spans += [m for e in outcome.result["entities"] for m in e["mentions"]]
    found = [target for annotation in annotations(outcome) for target in targets(annotation)]
    assert sorted(t["selector"][0]["exact"] for t in found) == sorted(span["text"] for span in spans)
    for target in found:
        quote, position = target["selector"]
        assert outcome.text[position["start"] : position["end"]] == quote["exact"]
        around = quote["prefix"] + quote["exact"] + quote["suffix"]
        places = [i for i in range(len(outcome.text)) if outcome.text.startswith(around, i)]
        assert position["start"] - len(quote["prefix"]) in places


def test_equal_results_have_equal_names() -> None:
    assert jsonld.one(EXAMPLE) == jsonld.one(Outcome(examples.TEXT, json.loads(json.dumps(examples.RESULT))))


def test_many_documents_are_an_array() -> None:
    first, failed = json.loads("".join(jsonld.many([EXAMPLE, FAILED])))
    assert first["total"] == 5
    assert (failed["total"], failed["schema:description"]) == (0, "<b>It is</b> blank")
    assert json.loads("".join(jsonld.many([]))) == []


# --- HTML


class Reader(HTMLParser):
    """The text that a page shows as the document's own, what its marks cover, and what it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.marked: list[str] = []
        self.identities: list[str] = []
        self.references: list[str] = []
        self.tags: set[str] = set()
        self._open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.add(tag)
        assert not [name for name in given if name.startswith("on") or name == "style"]
        self.identities += [given["id"]] if "id" in given else []
        self.references += [given[name].lstrip("#") for name in ("aria-describedby", "aria-labelledby", "href") if name in given]
        if tag not in ("br", "meta"):
            self._open.append((tag, given.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        kinds = [kind for _, kind in self._open]
        if "text" in kinds and "tip" not in kinds and "type" not in kinds:
            self.shown.append(data)
            if any(kind == "number" for kind in kinds):
                self.marked.append(data)


@given(outcomes())
def test_html_shows_the_text_as_it_is_and_marks_what_is_there(outcome: Outcome) -> None:
    # a parser of HTML makes line feeds of carriage returns and has no NUL
    text = re.sub(r"\r\n?", "\n", outcome.text.replace("\x00", "\ufffd"))
    page = Reader(html.one(outcome).replace("\x00", "\ufffd"))
    assert re.sub(r"\r\n?", "\n", "".join(page.shown)) == text
    assert len(set(page.identities)) == len(page.identities)
    assert set(page.references) <= set(page.identities)


def test_html_says_value_source_and_reasons_without_a_script() -> None:
    page = html.one(EXAMPLE)
    reader = Reader(page)
    assert reader.marked == ["1천240명", "3.2%"]
    assert {"script", "link", "img", "iframe", "form"} & reader.tags == set()
    for said in ("1,240 명", "새빛시", "밝혔다", "number:percent +1.40", "비교", "comparison", "2023-12"):
        assert said in page
    assert "http-equiv" in page
    assert "default-src &#39;none&#39;" in page


def test_html_escapes_whatever_it_is_given() -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    document = examples.RESULT["document"] | {"title": hostile, "source": hostile, "url": "javascript:alert(1)"}
    entity = examples.RESULT["entities"][0] | {"canonical": hostile}
    page = html.one(Outcome(hostile + examples.TEXT, examples.RESULT | {"document": document, "entities": [entity]}))
    assert {"script", "img"} & Reader(page).tags == set()
    assert "javascript:" not in page


def test_many_documents_are_one_page() -> None:
    page = "".join(html.many([EXAMPLE, FAILED, EXAMPLE]))
    reader = Reader(page)
    assert page.count("<article") == 3
    assert page.count("<!doctype html>") == 1
    assert len(set(reader.identities)) == len(reader.identities)
    assert "&lt;b&gt;It is&lt;/b&gt; blank" in page


def test_every_label_has_its_words_in_both_languages() -> None:
    words = html._labels()
    for group, kinds in {
        "claim_type": labels.ClaimType,
        "modality": labels.Modality,
        "style": labels.AttributionStyle,
        "transparency": labels.Transparency,
        "number_kind": labels.NumberKind,
        "time_type": labels.TimeType,
        "entity_type": labels.EntityType,
    }.items():
        assert set(words[group]) == {kind.value for kind in kinds}
        assert all(set(word) == {"ko", "en"} for word in words[group].values())


# --- over HTTP


@pytest.fixture
def path(client: FlaskClient, driver: Driver) -> str:
    job = client.post("/v1/extractions", json={"text": examples.TEXT}).get_json()
    driver.succeed(job["id"])
    return str(job["links"]["result"])


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.name)
def test_a_form_is_had_by_parameter_and_by_accept(client: FlaskClient, path: str, form: Any) -> None:
    by_name = client.get(f"{path}?format={form.name}", headers={"Accept": "application/json"})
    by_type = client.get(path, headers={"Accept": form.media_type})
    assert (by_name.status_code, by_name.mimetype) == (200, form.media_type)
    assert by_name.get_data() == by_type.get_data() == form.one(EXAMPLE).encode()
    assert by_name.headers["Vary"] == "Accept"
    assert f".{form.suffix}" in by_name.headers["Content-Disposition"]
    assert client.get(path, headers={"Accept": form.media_type, "If-None-Match": by_type.headers["ETag"]}).status_code == 304
    assert by_type.headers["ETag"] != client.get(path).headers["ETag"]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("?format=json", "text/html"),
        *(("", accept) for accept in ("*/*", "application/*;q=0.5", "application/json,text/csv;q=0.9", "application/json; charset=utf-8")),
    ],
)
def test_json_is_what_there_is_unless_another_form_is_wanted(client: FlaskClient, path: str, query: str, accept: str) -> None:
    assert client.get(path + query, headers={"Accept": accept}).get_json() == examples.RESULT


def test_browsers_get_a_page_that_may_do_nothing_but_wear_its_style(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"})
    assert response.mimetype == "text/html"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("query", "code"), [("format=xml", "unsupported"), ("format=csv&format=csv", "duplicate"), ("form=csv", "unknown")]
)
def test_a_form_that_there_is_not_is_refused_with_those_there_are(client: FlaskClient, path: str, query: str, code: str) -> None:
    response = client.get(f"{path}?{query}")
    assert response.status_code == 422
    (error,) = response.get_json()["errors"]
    assert error["code"] == code
    if code == "unsupported":
        assert error["message"] == "Must be one of: json, csv, jsonld, html."


def test_what_cannot_be_accepted_is_told_what_there_is(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert all(kind in response.get_json()["detail"] for kind in chain(["application/json"], (f.media_type for f in FORMATS.values())))


# --- of a batch


@pytest.fixture
def batch(client: FlaskClient) -> dict[str, Any]:
    documents = [{"text": examples.TEXT, "document": {"id": "news-1"}}, {"text": "", "document": {"id": "=bad"}}, {"text": examples.TEXT}]
    posted: dict[str, Any] = client.post("/v1/batches", json=documents).get_json()
    return posted


def test_a_batch_is_had_in_every_form_with_its_refused_documents(client: FlaskClient, driver: Driver, batch: dict[str, Any]) -> None:
    first, _, last = (document["id"] for document in batch["documents"])
    driver.succeed(first)
    path = batch["links"]["results"]
    for form in FORMATS.values():
        early = client.get(path, headers={"Accept": form.media_type})
        assert (early.status_code, early.get_json()["type"]) == (409, "/problems/batch-not-ready")
        assert early.headers["Retry-After"]
    client.delete(f"/v1/extractions/{last}")
    lines = client.get(f"{path}?format=ndjson").get_data(as_text=True).splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["succeeded", "refused", "canceled"]
    table = client.get(f"{path}?format=csv")
    assert table.headers["Content-Disposition"] == f'attachment; filename="jujang-{batch["id"]}.csv"'
    got = rows(table.get_data(as_text=True))
    assert [(row["document_id"], row["claim"] != "") for row in got] == [("news-1", True), ("=bad", False), ("", False)]
    assert "text" in got[1]["error"]
    assert "canceled" in got[2]["error"]
    collections = json.loads(client.get(path, headers={"Accept": "application/ld+json"}).get_data())
    assert [collection["total"] for collection in collections] == [5, 0, 0]
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.get_data(as_text=True).count("<article") == 3
    assert "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("format=json", 422, "unsupported"), ("format=csv&from=1", 422, "unsupported"), ("form=csv", 422, "unknown")],
)
def test_what_a_batch_is_not_to_be_had_as(client: FlaskClient, batch: dict[str, Any], query: str, status: int, code: str) -> None:
    response = client.get(f"{batch['links']['results']}?{query}")
    assert response.status_code == status
    assert response.get_json()["errors"][0]["code"] == code


def test_waiting_for_a_batch_in_another_form(client: FlaskClient, driver: Driver) -> None:
    made = client.post("/v1/batches", json=[{"text": examples.TEXT}]).get_json()
    driver.succeed(made["documents"][0]["id"])
    response = client.get(f"{made['links']['results']}?format=csv", headers={"Prefer": "wait=1"})
    assert response.status_code == 200
    assert len(rows(response.get_data(as_text=True))) == 1


@pytest.mark.parametrize(
    ("amount", "read"),
    [
        ("31200000000 KRW", "31,200,000,000 KRW"),
        ("≥ 0.3333333333333333333333333333", "≥ 0.333333…"),
        ("1234.12345678 kg", "1,234.12345678 kg"),
        ("1000–2000", "1,000–2,000"),
        ("480 대", "480 대"),
    ],
)
def test_amounts_are_legible(amount: str, read: str) -> None:
    assert legible(amount) == read
