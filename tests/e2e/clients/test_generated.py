"""Clients that others' generators make from openapi.yaml compile, type-check and run the whole flow."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Service

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NODE_FOLDER = ROOT / "var" / "typescript-client"  # `make clients` fills it


def run(*command: object, cwd: Path, path: Path | None = None) -> str:
    environ = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_python(service: Service, tmp_path: Path) -> None:
    client = tmp_path / "jujang_client"
    generator = [sys.executable, "-m", "openapi_python_client"]
    said = run(*generator, "generate", "--path", ROOT / "openapi.yaml", "--output-path", client, "--meta", "none", cwd=tmp_path)
    warnings = [line for line in said.splitlines() if line.startswith("WARNING")]
    assert len(warnings) == 2, said  # bodies of text/plain and NDJSON: the generator knows JSON and forms only
    flow = shutil.copy(HERE / "flow.py", tmp_path)
    # types of the generated code as it is used; what it does inside is the generator's
    run(sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--cache-dir", tmp_path / "cache", flow, cwd=tmp_path)
    run(sys.executable, "-m", "compileall", "-q", client, cwd=tmp_path)
    assert run(sys.executable, flow, service.url, cwd=tmp_path, path=tmp_path).splitlines() == [
        "31200000000 KRW",
        "204",
        "/problems/extraction-gone",
        "[('text', 'blank')]",
        "1 1",
    ]


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
@pytest.mark.skipif(not (NODE_FOLDER / "node_modules").is_dir(), reason="needs the locked packages of npm: make clients")
def test_typescript(service: Service) -> None:
    run(
        "npx",
        "--no-install",
        "openapi-typescript",
        ROOT / "openapi.yaml",
        "-o",
        "schema.ts",
        "--default-non-nullable=false",
        cwd=NODE_FOLDER,
    )
    run("npx", "--no-install", "tsc", cwd=NODE_FOLDER)
    assert run("node", "built/flow.js", service.url, cwd=NODE_FOLDER).splitlines() == [
        "31200000000 KRW",
        "한빛시",
        "true",
        "204",
        "/problems/extraction-gone",
        "text blank",
        "1 1",
    ]
