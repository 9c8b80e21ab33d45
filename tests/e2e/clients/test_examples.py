"""The hand-written clients in examples/."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Service

EXAMPLES = Path(__file__).parents[3] / "examples"
TEXT = "👍 한빛시는 올해 예산 312억원을 편성했다고 밝혔다. 버스는 3대다."
CLIENTS = [
    pytest.param([sys.executable, "client.py"], id="python"),
    pytest.param(["node", "client.mjs"], id="javascript", marks=pytest.mark.skipif(not shutil.which("node"), reason="needs node")),
]


def run(client: list[str], *arguments: object, url: str) -> subprocess.CompletedProcess[str]:
    command = [*client, *map(str, arguments)]
    return subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, check=False, env=os.environ | {"JUJANG_URL": url})


@pytest.mark.parametrize("client", CLIENTS)
def test_it_prints_the_claims(service: Service, client: list[str], tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(TEXT, "utf-8")
    done = run(client, article, "2026-03-04", url=service.url)
    assert done.returncode == 0, done.stderr
    scores = [float(line.split()[0]) for line in done.stdout.splitlines()]
    assert scores == sorted(scores, reverse=True)
    assert "312억원을 편성했다" in done.stdout


@pytest.mark.parametrize("client", CLIENTS)
def test_it_says_what_is_wrong(service: Service, client: list[str], tmp_path: Path) -> None:
    blank, text = tmp_path / "blank.txt", tmp_path / "text.txt"
    blank.write_text(" ", "utf-8")
    text.write_text(TEXT, "utf-8")
    for arguments, url, says in (
        ((), service.url, "usage: "),
        ((text, "2026-03-04", "more"), service.url, "usage: "),
        ((tmp_path / "none.txt",), service.url, "none.txt"),
        ((blank,), service.url, "text: Is empty or blank"),
        ((text, "어제"), service.url, "document.published_at: Must be a date"),
        ((text,), "http://127.0.0.1:1", ""),
    ):
        done = run(client, *arguments, url=url)
        assert done.returncode == 1
        assert says in done.stderr
        assert len(done.stderr.splitlines()) <= 2, done.stderr
