"""The sample document that `jujang up --sample` posts to the service it started."""

import json
from importlib.resources import files

import click
import httpx
from rich.console import Console

from jujang.reading import print_result

WAIT_S = 30


def show(url: str) -> None:
    """Post the sample to the service at `url`, wait for its result and print it."""
    request = json.loads(files("jujang").joinpath("samples/news.json").read_text("utf-8"))
    with httpx.Client(base_url=url, timeout=WAIT_S + 5, trust_env=False) as client:
        response = client.post("/v1/extractions", json=request, headers={"Prefer": f"wait={WAIT_S}"})
        if response.status_code == httpx.codes.UNAUTHORIZED:
            click.echo("No sample is shown: the service has API keys, and the sample none.", err=True)
            return
        response.raise_for_status()
        job = response.json()
        click.echo(f"POST /v1/extractions -> {response.status_code}, job {job['id']}: {job['status']}", err=True)
        result = client.get(job["links"]["result"])
        result.raise_for_status()
    print_result(result.json(), Console())
