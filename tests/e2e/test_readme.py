"""The README's examples, run as they are printed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Service

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def example(language: str, service: Service) -> str:
    """The README's one example in `language`, pointed at the service of this session."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert "http://127.0.0.1:8000" in code
    return str(code).replace("http://127.0.0.1:8000", service.url)


def run(command: list[str], code: str) -> str:
    done = subprocess.run(command, input=code, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_curl(service: Service) -> None:
    job = json.loads(run(["bash", "-s"], example("bash", service)))
    assert job["status"] == "succeeded"
    assert job["document"]["id"] == "bus-1"


def test_python(service: Service) -> None:
    out = run([sys.executable, "-"], example("python", service))
    assert out.splitlines() == ["18만4천명 count 184000 명", "12.5% percent 12.5 %"]


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_javascript(service: Service) -> None:
    out = run(["node", "--input-type=module", "-"], example("javascript", service))
    assert out.splitlines() == ["60억달러 6000000000 USD"]


def test_the_result_shown_is_the_result(service: Service) -> None:
    """Every item of the result that the README shows is in the result of the request that it shows."""
    (shown,) = re.findall(r"<!-- result-example -->\s*```json\n(.*?)```", README, re.DOTALL)
    request = re.search(r"-d '(.*?)'\n```", README, re.DOTALL)
    assert request
    with service.client() as client:
        job = client.post("/v1/extractions", json=json.loads(request[1]), headers={"Prefer": "wait=30"}).json()
        result = client.get(job["links"]["result"]).json()
    said = json.loads(shown)
    assert _probabilities(said) == pytest.approx(_probabilities(result), abs=0.005)  # the last digits are the processor's
    for mine, theirs in zip(said["claims"], result["claims"], strict=True):
        (reason,), reasons = mine.pop("reasons"), theirs.pop("reasons")
        assert reason in reasons
    for name, checksum in said["engine"].pop("models").items():
        assert result["engine"]["models"][name].startswith(checksum.rstrip("…"))
    del result["engine"]["models"]
    for each in (said, result):
        del each["engine"]["elapsed_ms"], each["document"]["sha256"]
    assert said == result


def _probabilities(result: dict[str, Any]) -> list[float]:
    """Taken out of the result, in order."""
    found = [item.pop("checkworthy") for item in result["sentences"] + result["claims"]]
    return found + [entity.pop("score") for entity in result["entities"]]


def test_commands_and_settings_named_exist() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z-]+)`", README):
        assert f"\n{target}:" in makefile
    packages = ("service", "jobstore", "jujang", "webhooks", "workers")
    sources = "\n".join(path.read_text("utf-8") for package in packages for path in Path(package).rglob("*.py"))
    for variable in re.findall(r"`([A-Z_]{4,})`", README.split("## Settings")[1].split("##")[0]):
        assert f'"{variable}"' in sources, variable
