"""Requests made from the specification, valid ones and wrong ones, alone and in sequences, against the service as it runs.

Few and always the same here; `make fuzz` makes many and others each time.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import start, stop, wait_until_ready

EXAMPLES = os.environ.get("FUZZ_EXAMPLES")
ROOT = Path(__file__).parents[2]


def test_the_service_does_what_the_specification_says(tmp_path: Path) -> None:
    service = start(tmp_path, "--workers", "2", environ={"RATE_LIMIT": "off", "MAX_QUEUED": "1000000"})
    try:
        wait_until_ready(service, 2)
        how = ["--max-examples", EXAMPLES] if EXAMPLES else ["--max-examples", "5", "--seed", "6"]
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", "tests/fuzz/schemathesis.toml"),
            *("run", f"{service.url}/openapi.json", "--workers", "2", *how),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=not EXAMPLES, text=True, check=False, env=os.environ | {"NO_COLOR": "1"})
    finally:
        stop(service)
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}" if done.stdout else "see above")
