"""Units of systemd and manifests of Kubernetes: valid, and naming only what there is."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner

from jujang.cli import main

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OTHERS = {"kustomization.yaml", "prometheus-adapter.yaml", "keda.yaml"}  # no kinds of Kubernetes' own
KUBERNETES = "1.34"


def objects(manifest: Path) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(manifest.read_text("utf-8")) if each]


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for manifest in MANIFESTS:
        for each in objects(manifest):
            if each.get("kind") == "Deployment":
                pod = each["spec"]["template"]["spec"]
                yield from ((pod, container) for container in pod["containers"])


def settings_known() -> set[str]:
    return set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "README.md").read_text("utf-8")))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    installed = tmp_path / unit.name
    installed.write_text(unit.read_text("utf-8").replace("/opt/jujang/bin/jujang", str(Path(sys.executable).with_name("jujang"))))
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", str(installed)], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_there_is(unit: Path) -> None:
    (command,) = re.findall(r"^ExecStart=/opt/jujang/bin/jujang (.+)$", unit.read_text("utf-8"), re.MULTILINE)
    assert CliRunner().invoke(main, [*command.split(), "--help"]).exit_code == 0


def test_units_set_what_there_is() -> None:
    text = (DEPLOY / "systemd" / "jujang.env").read_text("utf-8")
    assert set(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE)) <= settings_known()


@pytest.mark.parametrize("manifest", [each for each in MANIFESTS if each.name not in OTHERS], ids=lambda manifest: manifest.name)
def test_kubernetes_takes_the_manifest(manifest: Path) -> None:
    found = objects(manifest)
    assert found
    for each in found:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


def test_a_wrong_manifest_is_seen() -> None:
    wrong = objects(DEPLOY / "kubernetes" / "api.yaml")[0]
    wrong["spec"]["replica"] = 3
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_kustomize_names_every_file() -> None:
    (kustomization,) = objects(DEPLOY / "kubernetes" / "kustomization.yaml")
    assert set(kustomization["resources"]) == {each.name for each in MANIFESTS} - OTHERS - {"secret.example.yaml"}
    if kubectl := shutil.which("kubectl"):
        built = subprocess.run([kubectl, "kustomize", str(DEPLOY / "kubernetes")], capture_output=True, text=True, check=True).stdout
        assert "registry.example/jujang:" in built


@pytest.mark.parametrize(("pod", "container"), list(containers()), ids=lambda each: each.get("name", ""))
def test_containers_are_what_the_image_runs(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert CliRunner().invoke(main, [*container["args"], "--help"]).exit_code == 0
    assert {each["name"] for each in container.get("env", ())} <= settings_known()
    for name in ("readinessProbe", "livenessProbe", "startupProbe"):
        probe = container.get(name, {})
        if "exec" in probe:
            assert probe["exec"]["command"][0] == "jujang"
            assert CliRunner().invoke(main, [*probe["exec"]["command"][1:], "--help"]).exit_code == 0
        elif probe:
            assert probe["httpGet"]["path"] in ("/healthz", "/readyz")
    grace = {each["name"]: each["value"] for each in container.get("env", ())}.get("STOP_GRACE")
    assert pod["terminationGracePeriodSeconds"] > int(grace or 0)


def test_configured_settings_are_known() -> None:
    for name in ("config.yaml", "secret.example.yaml"):
        for each in objects(DEPLOY / "kubernetes" / name):
            assert set(each.get("data", {})) | set(each.get("stringData", {})) <= settings_known()


def test_autoscalers_ask_for_a_metric_that_is_served() -> None:
    from service import metrics

    source = Path(metrics.__file__).read_text("utf-8")
    for name in ("autoscaling.yaml", "keda.yaml", "prometheus-adapter.yaml"):
        named = set(re.findall(r"jujang_\w+", (DEPLOY / "kubernetes" / name).read_text("utf-8")))
        assert named
        assert all(f'"{each}"' in source for each in named)
