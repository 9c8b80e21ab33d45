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


@pytest.mark.parametrize("client", CLIENTS)
def test_it_prints_the_claims(service: Service, client: list[str], tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(TEXT, "utf-8")
    command: list[str | Path] = [*client, article, "2026-03-04"]
    environ = os.environ | {"JUJANG_URL": service.url}
    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    scores = [float(line.split()[0]) for line in done.stdout.splitlines()]
    assert scores == sorted(scores, reverse=True)
    assert "312억원을 편성했다" in done.stdout


@pytest.mark.parametrize("client", CLIENTS)
def test_it_says_why_a_document_is_refused(service: Service, client: list[str], tmp_path: Path) -> None:
    article = tmp_path / "blank.txt"
    article.write_text(" ", "utf-8")
    environ = os.environ | {"JUJANG_URL": service.url}
    done = subprocess.run([*client, article], cwd=EXAMPLES, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode != 0
    assert "Wrong: text" in done.stderr
