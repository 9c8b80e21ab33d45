"""The dashboard and the alerts ask for nothing that /metrics does not serve."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from jobstore import counters
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service.app import create_app
from service.config import Config
from tests.begin import begin, leases

DEPLOY = Path(__file__).parents[2] / "deploy"
OF_THE_SCRAPE = {"job", "instance"}  # Prometheus adds them
SELECTOR = re.compile(r"(jujang_\w+)(?:\{([^}]*)\})?")
GROUPING = re.compile(r"\bby \(([^)]*)\)")


@pytest.fixture(scope="module")
def served(redis_url: str) -> dict[str, set[str]]:
    """The labels of each metric that is served once a job has run."""
    url = f"{redis_url}?db=4"
    store = JobStore.connect(url)
    job = store.submit({"text": "버스"}).id
    attempt = begin(store, job)
    assert attempt is not None
    observed = counters.QUEUE_WAIT.of(1) | counters.JOB_DURATION.of(1) | counters.STAGE_DURATION.of(1, stage="times")
    assert leases(store).succeed(job, attempt.token, b"{}", observed)
    client = create_app(Config(StoreSettings(url), log_level="error")).test_client()
    client.get("/healthz")
    labels: dict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(client.get("/metrics").get_data(as_text=True)):
        for sample in family.samples:
            labels[sample.name] |= set(sample.labels)
    return labels


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DEPLOY / "grafana" / "jujang.json").read_text("utf-8"))
    return loaded


def queries() -> Iterator[str]:
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["definition"]
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


QUERIES = sorted(set(queries()))


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_is_served(query: str, served: dict[str, set[str]]) -> None:
    named = SELECTOR.findall(query)
    assert named
    for name, selector in named:
        assert name in served
        asked = {part.split("=")[0].rstrip("!").strip() for part in selector.split(",") if part}
        assert asked <= served[name] | OF_THE_SCRAPE, f"{name} has no {asked - served[name]}"
    known = set().union(*(served[name] for name, _ in named)) | OF_THE_SCRAPE
    for grouping in GROUPING.findall(query):
        assert {label.strip() for label in grouping.split(",")} <= known
    assert query.count("(") == query.count(")")


def test_every_metric_is_on_the_dashboard(served: dict[str, set[str]]) -> None:
    shown = " ".join(queries())
    families = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in served if name.startswith("jujang_")}
    assert [family for family in families if family not in shown] == []


def test_the_readme_lists_them_all(served: dict[str, set[str]]) -> None:
    listed = set(re.findall(r"`(jujang_\w+)`", (DEPLOY.parent / "README.md").read_text("utf-8")))
    assert listed == {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in served if name.startswith("jujang_")} - {
        "jujang_http_requests"  # when it was begun
    }


def test_panels_have_their_own_place() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells
