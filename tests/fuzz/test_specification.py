"""Requests made from the specification, valid ones and wrong ones, alone and in sequences, against the service as it runs.

Few and always the same here; `make fuzz` makes many and others each time. Sequences break off where an answer differs from what it was the
time before, and answers differ by how fast jobs end; so most of them run while nobody works, and nothing ends but by DELETE.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from jobstore import keys
from tests.e2e.conftest import start, stop, wait_until_ready

EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
AS_THEY_COME_S = "120"  # then sequences that broke off are followed by others for so long
ROOT = Path(__file__).parents[2]


def test_the_service_does_what_the_specification_says(tmp_path: Path, url: str) -> None:
    environ = {"REDIS_URL": url, "RATE_LIMIT": "off", "MAX_QUEUED": "1000000"}
    service = start(tmp_path, "--workers", "2", environ=environ)
    try:
        wait_until_ready(service, 2)
        ask(service.url, "examples,coverage,fuzzing")
        ask(service.url, "stateful", *(["--max-time", AS_THEY_COME_S] if EXAMPLES else []))
        redis.Redis.from_url(url).set(keys.SUSPENDED, 1)
        ask(service.url, "stateful", wait_s=0)
    finally:
        stop(service)


def ask(url: str, phases: str, *arguments: str, wait_s: int = 1) -> None:
    """Fails where an answer is not what the specification, or HTTP, says. Who prefers to wait waits for `wait_s`."""
    # in one thread: of two that parse source at the same time, as hypothesis does for its reports, Python 3.11 fails one now and then
    how = ["--max-examples", EXAMPLES] if EXAMPLES else ["--max-examples", "5", "--seed", "6"]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", "tests/fuzz/schemathesis.toml"),
        *("run", f"{url}/openapi.json", "--phases", phases, "--workers", "1", *how, *arguments),
    ]
    environ = os.environ | {"NO_COLOR": "1", "FUZZ_PHASES": phases, "FUZZ_WAIT_S": str(wait_s)}
    done = subprocess.run(command, cwd=ROOT, capture_output=not EXAMPLES, text=True, check=False, env=environ)
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}" if done.stdout else "see above")
