"""The page at / in a real browser, on the real service: by pointer and keyboard, in both languages, light and dark, wide and narrow."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.e2e.conftest import Service

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
TEXT = (
    "👍 한빛시 전기버스 2배로 늘린다\n\n한빛시는 올해 추가경정예산 312억원을 편성했다고 3일 밝혔다. "
    "윤도경 한빛시 교통국장은 “2030년까지 모든 시내버스를 전기버스로 바꾸겠다”고 말했다. 한빛시에 따르면 지난달 이용객은 하루 평균 "
    "18만4천명으로, 전년 같은 기간보다 12.5% 증가했다. 충전 시설이 부족하다는 지적이 나온다. <img src=x onerror=alert(1)> 버스는 3대다.\n"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A browser's tab on the service; remembers what went wrong in it and where it asked."""

    def __init__(self, context: BrowserContext, service: Service) -> None:
        self.context, self.url = context, service.url
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{service.url}/")
        expect(self.page.locator("#date")).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))  # the script runs

    def send(self, text: str = TEXT, day: str = "2026-03-04") -> None:
        self.page.fill("#text", text)
        self.page.fill("#date", day)
        self.page.click("#read")
        expect(self.page.locator("#result")).to_be_visible(timeout=60_000)

    def rows(self, table: str = "claims") -> list[list[str]]:
        return [row.locator("td").all_inner_texts() for row in self.page.locator(f"#{table}-table tbody tr").all()]


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, service: Service) -> Iterator[Visit]:
    """A tab in Korean, wide and light unless the test says otherwise. Nothing may go wrong in it that the test does not expect."""
    settings: dict[str, Any] = {"locale": "ko-KR", "viewport": {"width": 1440, "height": 900}} | getattr(request, "param", {})
    expected = settings.pop("wrong", None)
    context = browser.new_context(**settings)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit = Visit(context, service)
    yield visit
    context.close()
    assert not [message for message in visit.wrong if not (expected and re.search(expected, message))]
    assert [url for url in visit.asked if not url.startswith((service.url, f"blob:{service.url}"))] == []


def accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def shown_text(page: Page) -> str:
    return str(
        page.evaluate(
            "[...document.querySelectorAll('#marked .type')].forEach(e => e.remove()), document.querySelector('#marked').textContent"
        )
    )


# --- from a text to what is in it


def test_a_text_is_read_marked_and_ranked(visit: Visit) -> None:
    visit.send()
    page = visit.page
    scores = [float(row[0]) for row in visit.rows()]
    assert len(scores) >= 4
    assert scores == sorted(scores, reverse=True)
    expect(page.locator("#result-title")).to_contain_text(f"주장 {len(scores)}개")
    assert page.locator("#marked .number", has_text="312억원").count() == 1
    assert page.locator("#marked .claim .type").count() == len(scores)
    assert shown_text(page) == TEXT
    assert page.locator("#marked img").count() == 0


def test_numbers_have_their_values_and_names_their_mentions(visit: Visit) -> None:
    visit.send()
    visit.page.click("#tab-numbers")
    numbers = {row[0]: row[1] for row in visit.rows("numbers")}
    assert (numbers["312억원"], numbers["18만4천명"], numbers["12.5%"]) == ("31,200,000,000 KRW", "184,000 명", "12.5 %")
    visit.page.click("#tab-times")
    assert {row[0]: row[1] for row in visit.rows("times")}["3일"] == "2026-03-03"
    visit.page.click("#tab-names")
    mentions = visit.page.locator("#names-table tr", has=visit.page.locator("strong", has_text="한빛시")).first.locator(".jump")
    assert mentions.count() >= 2
    mentions.nth(1).click()
    focused = visit.page.locator("#marked mark:focus")
    expect(focused).to_have_text("한빛시")
    expect(focused).to_be_in_viewport()


def test_pointing_at_a_mark_tells_value_source_and_reasons(visit: Visit) -> None:
    visit.send()
    card = visit.page.locator("#card")
    visit.page.locator("#marked .number", has_text="312억원").hover()
    expect(card).to_contain_text("31,200,000,000 KRW")
    visit.page.locator("#marked .claim", has_text="편성했다").locator(".type").hover()
    expect(card).to_contain_text("밝혔다")
    expect(card).to_contain_text("까닭")
    expect(card).to_contain_text(re.compile("문장의 화제|수: 금액|글쓴이의 말"))
    expect(card).not_to_contain_text(re.compile("predicate|topic|number"))
    visit.page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_filters_leave_what_they_say(visit: Visit) -> None:
    visit.send()
    page = visit.page
    all_rows = visit.rows()
    kinds = [row[1].split("\n")[0] for row in all_rows]
    kind = min(set(kinds), key=kinds.count)
    page.locator("#type-chips button", has_text=kind).click()
    assert [row[1].split("\n")[0] for row in visit.rows()] == [kind] * kinds.count(kind)
    expect(page.locator("#shown")).to_have_text(f"{kinds.count(kind)} / {len(all_rows)}개")
    assert page.locator("#marked .claim.out").count() > 0
    page.click("#reset")
    assert visit.rows() == all_rows
    assert page.locator("#marked .claim.out").count() == 0
    page.locator("#least").fill("0.9")
    assert [row[0] for row in visit.rows()] == [row[0] for row in all_rows if float(row[0]) >= 0.9]
    page.click("#reset")
    source = next(row[3].split("\n")[0] for row in all_rows if "윤도경" in row[3])
    page.locator("#source").select_option(f"name:{source}")
    assert [row[2] for row in visit.rows()] == [row[2] for row in all_rows if row[3].split("\n")[0] == source]
    page.locator("#least").fill("1")
    expect(page.locator("#claims-table")).to_contain_text("남은 주장이 없습니다")
    page.click("#reset")
    page.locator("[data-sort=place]").click()
    places = [TEXT.index(row[2]) for row in visit.rows()]
    assert places == sorted(places)
    expect(page.locator("#claims-table th").nth(2)).to_have_attribute("aria-sort", "ascending")


def test_everything_works_by_keyboard(visit: Visit) -> None:
    page, keys = visit.page, visit.page.keyboard
    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    keys.press("Enter")
    for _ in range(9):
        keys.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    keys.insert_text(TEXT)
    keys.press("Control+Enter")
    expect(page.locator("#result-title")).to_be_focused(timeout=60_000)
    for _ in range(20):
        keys.press("Tab")
        if page.evaluate("document.activeElement.matches('#marked mark')"):
            break
    expect(page.locator("#card")).to_be_visible()
    first = page.evaluate("document.activeElement.dataset.id")
    keys.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.id") != first
    keys.press("Home")
    assert page.evaluate("document.activeElement.dataset.id") == first
    keys.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    keys.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr').dataset.id") == first
    page.locator("#tab-claims").focus()
    keys.press("ArrowRight")
    expect(page.locator("#tab-numbers")).to_be_focused()
    expect(page.locator("#panel-numbers")).to_be_visible()
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    expect(page.locator("#panel-names")).to_be_visible()


# --- taken along


def test_results_are_copied_and_downloaded(visit: Visit) -> None:
    visit.send()
    page = visit.page
    page.click("#copy-json")
    expect(page.locator("#note")).to_have_text("복사했습니다.")
    result = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert result["offset_unit"] == "utf16"
    cut = TEXT.encode("utf-16-le")
    assert all(cut[2 * n["start"] : 2 * n["end"]].decode("utf-16-le") == n["text"] for n in result["numbers"])
    for form, holds in {"json": '"claims"', "csv": "312억원", "jsonld": "TextQuoteSelector", "html": "<!doctype html>"}.items():
        with page.expect_download() as download:
            page.click(f"[data-format={form}]")
        path = download.value.path()
        assert download.value.suggested_filename.endswith(f".{form}")
        assert holds in Path(path).read_text("utf-8")
    with page.expect_response(lambda answer: answer.url.endswith("?format=csv")):
        page.click("#copy-csv")
    expect(page.locator("#note")).to_have_text("복사했습니다.")
    page.click("#edit")
    page.fill("#text", "")
    page.keyboard.press("Control+V")
    expect(page.locator("#text")).to_have_value(re.compile('^"document_id",.*312억원', re.DOTALL))


def test_erasing_erases(visit: Visit) -> None:
    visit.send()
    with visit.page.expect_response(lambda answer: answer.request.method == "DELETE") as answer:
        visit.page.click("#erase")
    assert answer.value.status == 204
    expect(visit.page.locator("#compose")).to_be_visible()
    expect(visit.page.locator("#file-note")).to_contain_text("지웠습니다")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "euc-kr"])
def test_files_are_opened(visit: Visit, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "기사.txt"
    path.write_bytes("한빛시 버스는 3대다.\r\n".encode(encoding))
    visit.page.set_input_files("#file", path)
    expect(visit.page.locator("#text")).to_have_value("한빛시 버스는 3대다.\n")
    expect(visit.page.locator("#file-note")).to_contain_text("기사.txt")


def test_a_file_is_dropped(visit: Visit) -> None:
    visit.page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(["버스는 5대다."], "drop.txt", {type: "text/plain"}));
      document.getElementById("sheet").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }""")
    expect(visit.page.locator("#text")).to_have_value("버스는 5대다.")


def test_a_file_that_is_no_text_is_refused(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe")
    visit.page.set_input_files("#file", path)
    expect(visit.page.locator("#form-error")).to_contain_text("picture.png")
    expect(visit.page.locator("#text")).to_have_value("")


# --- what goes wrong


def test_an_empty_text_is_told_and_nothing_is_sent(visit: Visit) -> None:
    for text in ("", " \n\t"):
        visit.page.fill("#text", text)
        visit.page.click("#read")
        expect(visit.page.locator("#form-error")).to_have_text(re.compile("글이 없습니다"))
        expect(visit.page.locator("#text")).to_be_focused()
    assert not [url for url in visit.asked if "/v1/" in url]


@pytest.mark.parametrize(
    ("visit", "says"),
    [({}, "1,000,001자인데 1,000,000자까지"), ({"locale": "en-US"}, "1,000,001 characters, where 1,000,000 are")],
    indirect=["visit"],
)
def test_a_text_too_long_is_told_in_the_pages_language_and_not_sent(visit: Visit, says: str) -> None:
    visit.page.evaluate("document.getElementById('text').value = '👍'.repeat(1000001)")
    visit.page.click("#read")
    expect(visit.page.locator("#form-error")).to_contain_text(says)
    assert not [url for url in visit.asked if "/v1/" in url]


@pytest.mark.parametrize("visit", [{"locale": "en-US"}], indirect=True)
def test_one_is_no_plural(visit: Visit) -> None:
    visit.send("물가는 3% 올랐다.")
    expect(visit.page.locator("#result-title")).to_have_text("Found 1 claim, 1 number, 0 times and 0 names.")
    expect(visit.page.locator("#result-facts")).to_contain_text("11 characters")


def test_a_text_without_claims_says_so(visit: Visit) -> None:
    visit.send("ㅋㅋㅋ")
    expect(visit.page.locator("#claims-table")).to_have_text("주장을 찾지 못했습니다.")
    accessible(visit.page)


@pytest.mark.parametrize("visit", [{"wrong": "ERR_FAILED"}], indirect=True)
def test_a_service_that_is_away_can_be_tried_again(visit: Visit) -> None:
    visit.page.route("**/v1/**", lambda route: route.abort())
    visit.page.fill("#text", TEXT)
    visit.page.click("#read")
    expect(visit.page.locator("#failure-title")).to_contain_text("서버에 닿지 않습니다")
    expect(visit.page.locator("#again")).to_be_in_viewport()
    expect(visit.page.locator("#text")).to_have_value(TEXT)
    accessible(visit.page)
    visit.page.unroute("**/v1/**")
    visit.page.click("#again")
    expect(visit.page.locator("#result")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("visit", [{"wrong": "422", "locale": "en-US"}], indirect=True)
def test_a_refused_text_is_told_with_the_services_reasons(visit: Visit) -> None:
    visit.page.fill("#text", TEXT)
    visit.page.evaluate("document.getElementById('date').type = 'text'")
    visit.page.fill("#date", "tomorrow")
    visit.page.click("#read")
    expect(visit.page.locator("#failure-errors")).to_contain_text("document.published_at")
    expect(visit.page.locator("#failure-id")).to_have_text(re.compile("Request id [0-9a-f]{32}"))
    accessible(visit.page)


def problem(route: Route, status: int, name: str, headers: dict[str, str] | None = None) -> None:
    body = {"type": f"/problems/{name}", "title": name, "status": status, "detail": "So it is."}
    route.fulfill(status=status, body=json.dumps(body), content_type="application/problem+json", headers=headers or {})


@pytest.mark.parametrize("visit", [{"wrong": "401"}], indirect=True)
def test_a_key_is_asked_for_sent_and_forgotten(visit: Visit) -> None:
    page = visit.page
    page.route("**/v1/extractions", lambda r: r.continue_() if r.request.headers.get("authorization") else problem(r, 401, "unauthorized"))
    page.fill("#text", TEXT)
    page.click("#read")
    expect(page.locator("#key-dialog")).to_be_visible()
    expect(page.locator("#key-error")).to_contain_text("API 키가 있어야")
    accessible(page)
    page.fill("#key", "jjk_secret")
    with page.expect_request(lambda request: request.url.endswith("/v1/extractions")) as sent:
        page.keyboard.press("Enter")
        page.click("#read")
    assert sent.value.headers["authorization"] == "Bearer jjk_secret"
    assert page.evaluate("Object.values(sessionStorage)") == ["jjk_secret"]
    assert page.evaluate("localStorage.length + document.cookie.length") == 0
    page.click("#key-button")
    page.click("#key-forget")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("visit", [{"wrong": "503"}], indirect=True)
def test_a_busy_service_is_asked_again_with_the_same_key_for_the_request(visit: Visit) -> None:
    keys: list[str] = []

    def busy_once(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            problem(route, 503, "queue-full", {"Retry-After": "1"})
        else:
            route.continue_()

    visit.page.route("**/v1/extractions", busy_once)
    visit.send()
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_progress_is_told_and_a_job_can_be_canceled(visit: Visit) -> None:
    page = visit.page
    asked: list[str] = []

    def still_queued(route: Route) -> None:
        asked.append(route.request.method)
        if route.request.method == "GET":
            answer = route.fetch()
            route.fulfill(response=answer, json=answer.json() | {"status": "queued", "queue_position": 3})
        else:
            route.continue_()

    page.route(re.compile(r"/v1/extractions/[0-9a-f-]{36}$"), still_queued)
    page.fill("#text", TEXT)
    page.click("#read")
    expect(page.locator("#progress-text")).to_have_text("차례를 기다리는 중 · 3번째")
    accessible(page)
    page.click("#cancel")
    expect(page.locator("#progress")).to_be_hidden()
    expect(page.locator("#file-note")).to_have_text("그만두었습니다.")
    expect(page.locator("#text")).to_have_value(TEXT)
    page.wait_for_timeout(100)
    assert "DELETE" in asked


# --- for everyone


@pytest.mark.parametrize(
    ("visit", "lang"), [({"locale": "ko-KR"}, "ko"), ({"locale": "en-GB"}, "en"), ({"locale": "fr-FR"}, "en")], indirect=["visit"]
)
def test_it_speaks_the_readers_language_at_first(visit: Visit, lang: str) -> None:
    assert visit.page.evaluate("document.documentElement.lang") == lang
    expect(visit.page.locator("#read")).to_have_text({"ko": "주장 찾기", "en": "Find claims"}[lang])


def test_the_language_is_switched_without_losing_anything(visit: Visit) -> None:
    visit.send()
    page = visit.page
    before = page.locator("#marked mark").count()
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("#result-title")).to_contain_text("claims")
    expect(page.locator("#type-chips")).to_contain_text("comparison")
    expect(page.locator("#text")).to_have_value(TEXT)
    assert page.locator("#marked mark").count() == before
    english = page.evaluate("""() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const left = [];
      while (walker.nextNode()) {
        const { textContent, parentElement } = walker.currentNode;
        const shown = parentElement.checkVisibility() && !parentElement.closest("script, style, pre, #source, td, #card");
        if (shown && parentElement.closest("[lang]").lang === "en" && /[가-힣]/.test(textContent)) left.push(textContent.trim());
      }
      return left;
    }""")
    assert english == []
    page.click("#language")
    expect(page.locator("#result-title")).to_contain_text("주장")


LOOKS = [
    {"locale": locale, "color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 800}}
    for locale, scheme, width in [("ko-KR", "light", 1440), ("en-US", "dark", 1440), ("ko-KR", "dark", 320), ("en-US", "light", 320)]
]


@pytest.mark.parametrize("visit", LOOKS, indirect=True, ids=["wide", "wide dark", "narrow dark", "narrow"])
def test_it_can_be_read_by_everyone_and_fits(visit: Visit) -> None:
    page = visit.page

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    accessible(page)
    fits()
    page.click("#example")
    expect(page.locator("#text")).to_have_value(re.compile("가람시"))
    page.click("#read")
    expect(page.locator("#result")).to_be_visible(timeout=60_000)
    for tab in ("claims", "numbers", "times", "names"):
        page.click(f"#tab-{tab}")
        accessible(page)
        fits()
    page.locator("#marked .claim .type").first.hover()
    expect(page.locator("#card")).to_be_in_viewport(ratio=1)
    accessible(page)


@pytest.mark.parametrize(("visit", "moves"), [({"reduced_motion": "reduce"}, False), ({}, True)], indirect=["visit"])
def test_nothing_moves_for_those_who_do_not_want_it(visit: Visit, moves: bool) -> None:
    animation = visit.page.evaluate("""() => {
      document.getElementById("progress").hidden = false;
      return getComputedStyle(document.getElementById("progress-bar")).animationName;
    }""")
    assert (animation != "none") is moves


# --- the other pages


@pytest.mark.parametrize(
    "visit", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 400, "height": 800}}], indirect=True
)
def test_the_exported_page_is_accessible_and_tells_by_keyboard(visit: Visit, tmp_path: Path) -> None:
    visit.send()
    with visit.page.expect_download() as download:
        visit.page.click("[data-format=html]")
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    page = visit.context.new_page()
    page.on("console", lambda message: visit.wrong.append(message.text) if message.type == "error" else None)
    page.goto(saved.as_uri())
    accessible(page)
    number = page.locator(".text .number", has_text="312억원")
    expect(number.locator(".tip")).to_be_hidden()
    number.focus()
    expect(number.locator(".tip")).to_be_visible()
    expect(number.locator(".tip")).to_contain_text("31,200,000,000 KRW")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_documentation_shows_every_operation(visit: Visit) -> None:
    visit.page.goto(f"{visit.url}/docs")
    expect(visit.page.locator(".opblock").first).to_be_visible()
    paths = visit.page.evaluate("fetch('/openapi.json').then(a => a.json()).then(d => Object.values({...d.paths, ...d.webhooks}))")
    methods = {"get", "post", "put", "patch", "delete"}
    assert visit.page.locator(".opblock").count() == sum(len(methods & set(path)) for path in paths)
