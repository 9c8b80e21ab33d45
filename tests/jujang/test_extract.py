"""`jujang extract` as a user calls it: in-process pipeline, no Redis, results in order."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.result import Result

NEWS = "한빛시는 지난해 12월 예산 312억원을 편성했다고 밝혔다."


def jujang(*arguments: object, stdin: str | bytes | None = None, code: int = 0) -> tuple[str, str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([sys.executable, "-m", "jujang", *map(str, arguments)], input=data, capture_output=True, check=False)
    said = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, said
    return said


def results(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_file_gives_a_result_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    path.write_text(NEWS, "utf-8")
    out, _ = jujang("extract", path, "--published-at", "2026-03-04")
    result = json.loads(out)
    assert Result().validate(result) == {}
    assert result["document"]["id"] == "news.txt"
    assert [n["value"] for n in result["numbers"]] == ["31200000000"]
    assert [t["value"] for t in result["times"]] == ["2025-12"]


def test_lines_give_results_in_order_and_a_bad_one_fails_alone(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"d{i}", "text": NEWS * (1 + 40 * (i % 3 == 0)), "claims": "ignored"}) for i in range(20)]
    lines[3] = json.dumps({"id": "d3", "text": "  "})
    lines[5] = "{not json"
    lines[7] = json.dumps({"id": "d7", "text": NEWS, "published_at": "2026-13-01"})
    path = tmp_path / "documents.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    out, err = jujang("extract", "--jsonl", path, "-j", 2, code=1)
    got = results(out)
    assert len(got) == 20
    assert [i for i, row in enumerate(got) if "error" in row] == [3, 5, 7]
    assert all(row["document"]["id"] == f"d{i}" for i, row in enumerate(got) if "error" not in row)
    assert "published_at" in got[7]["error"]["detail"]
    assert "3 of 20" in err


def test_the_same_text_gives_the_same_result_on_one_process_and_on_two(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    path.write_text("\n".join(json.dumps({"id": f"d{i}", "text": f"{NEWS} 버스는 {i}대다."}) for i in range(8)), "utf-8")
    one, two = (results(jujang("extract", "--jsonl", path, "-j", n)[0]) for n in (1, 2))
    for row in one + two:
        del row["engine"]["elapsed_ms"]
    assert one == two


def test_options_of_the_command_line_are_those_of_the_service(tmp_path: Path) -> None:
    names = tmp_path / "names.json"
    names.write_text(json.dumps([{"surface": ["가람봇"], "type": "product"}]), "utf-8")
    asked = ("--include", "claims,entities", "--claim-types", "event", "--claim-types", "state, quantity", "--offset-unit", "utf16")
    out, _ = jujang("extract", "-", *asked, "--entities", names, "--ignore", "한빛시", stdin=f"👍 {NEWS} 가람봇은 새 제품이다.")
    result = json.loads(out)
    assert result.keys() == {"document", "offset_unit", "claims", "entities", "engine"}
    assert result["offset_unit"] == "utf16"
    assert [e["canonical"] for e in result["entities"] if e["rule"] == "request.entities"] == ["가람봇"]
    assert "한빛시" not in {e["canonical"] for e in result["entities"]}


def test_a_documents_own_options_go_before_those_of_the_command_line() -> None:
    lines = [json.dumps({"text": NEWS}), json.dumps({"text": NEWS, "options": {"include": ["times"]}})]
    out, _ = jujang("extract", "--jsonl", "-", "--include", "numbers", "--min-checkworthiness", "0.5", stdin="\n".join(lines))
    assert [row.keys() & {"numbers", "times"} for row in results(out)] == [{"numbers"}, {"times"}]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--include", "claims,tokens"), "--include tokens: Must be one of: sentences, claims, numbers, times, entities"),
        (("--claim-types", "fact"), "policy, prediction, opinion"),
        (("--offset-unit", "bytes"), "code_point, utf16, utf8"),
        (("--min-checkworthiness", "2"), "--min-checkworthiness: Must be a number from 0 to 1"),
        (("--reference-date", "soon"), "--reference-date"),
        (("--published-at", "어제"), "--published-at: Must be a date"),
        (("--entities", __file__), "--entities"),
        (("--no-such-option",), "no-such-option"),
    ],
)
def test_wrong_options_are_said_before_any_work(arguments: tuple[str, ...], says: str) -> None:
    _, err = jujang("extract", "-", *arguments, stdin=NEWS, code=2)
    assert says in err


def test_standard_input_and_a_table(tmp_path: Path) -> None:
    out, _ = jujang("extract", "-", "--format", "table", stdin=NEWS)
    assert "312억원" in out
    assert "31,200,000,000" in out


def test_html_holds_the_text_marked_and_escaped(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    jujang("extract", "-", "--format", "html", "-o", path, stdin=f"<script>alert(1)</script> {NEWS}")
    page = path.read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert 'class="number"' in page
    assert 'class="claim' in page


@pytest.mark.parametrize("unit", ["code_point", "utf16", "utf8"])
def test_html_marks_the_same_words_in_every_unit(tmp_path: Path, unit: str) -> None:
    line = json.dumps({"id": "d", "text": f"👍 {NEWS}", "options": {"offset_unit": unit}})
    page, _ = jujang("extract", "--jsonl", "-", "--format", "html", stdin=line)
    assert ">312억원<" in page


def test_csv_and_json_ld_of_many_documents_say_which_failed(tmp_path: Path) -> None:
    lines = "\n".join([json.dumps({"id": "a", "text": NEWS}), json.dumps({"id": "b", "text": ""})])
    out, _ = jujang("extract", "--jsonl", "-", "--format", "csv", stdin=lines, code=1)
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))
    assert [(row["document_id"], bool(row["error"])) for row in rows] == [("a", False), ("b", True)]
    out, _ = jujang("extract", "--jsonl", "-", "--format", "jsonld", stdin=lines, code=1)
    assert [collection["total"] > 0 for collection in json.loads(out)] == [True, False]


def test_lines_that_are_no_documents_end_nothing() -> None:
    lines = ["[" * 200_000, '{"id": "\\ud800", "text": "\\ud800"}', "[]", json.dumps({"text": NEWS})]
    out, _ = jujang("extract", "--jsonl", "-", "-j", 1, stdin="\n".join(lines), code=1)
    assert ["error" in row for row in results(out)] == [True, True, True, False]


def test_a_document_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    path.write_text(NEWS, "utf-8")
    jujang("extract", path, "-o", path, code=2)
    jujang("extract", path, "-o", tmp_path / "none" / "out.json", code=2)
    assert path.read_text("utf-8") == NEWS


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (("extract", "-"), b"\xff\xfe\x00", "UTF-8"),
        (("extract", "-"), b"%PDF-1.7\n", "a PDF, not a text"),
        (("extract", "-"), b"PK\x03\x04", ".hwpx"),
        (("extract", "-", "--jsonl"), '{"text": "가", "published_at": "gestern"}', "standard input:1: published_at: Must be a date"),
        (("extract", "-", "--jsonl"), '{"text": "가", "document": {"url": "x"}}', "document.url: Must be an absolute address"),
        (("extract", "-"), "", "text: Is empty"),
    ],
)
def test_what_cannot_be_extracted_is_said(arguments: tuple[str, ...], stdin: str | bytes, says: str) -> None:
    out, err = jujang(*arguments, stdin=stdin, code=1)
    assert says in out + err


def test_help_is_complete() -> None:
    for command in ((), ("extract",), ("api",), ("worker",), ("up",)):
        out, _ = jujang(*command, "--help")
        assert "Usage: jujang" in out or "Usage: python -m jujang" in out


@pytest.mark.parametrize("command", ["api", "worker"])
def test_without_redis_the_parts_say_what_to_do(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    _, err = jujang(command, code=1)
    assert "REDIS_URL" in err
    assert "jujang up" in err
