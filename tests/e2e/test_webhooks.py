"""A callback URL is told by the service as `jujang up` starts it, in words that a library of another hand verifies."""

import os
import subprocess
import sys

from standardwebhooks import Webhook

from tests.e2e.conftest import Service
from tests.webhooks.receiver import Receiver


def secret_of(service: Service) -> str:
    settings = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {"DATA_DIR": str(service.log.parent / "data")}
    command = [sys.executable, "-m", "jujang", "webhooks", "secret"]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=True).stdout.strip()


def test_an_extraction_and_a_batch_are_told_of(service: Service, receiver: Receiver) -> None:
    receiver.answer(503)
    with service.client() as client:
        job = client.post("/v1/extractions", json={"text": "버스는 3대다.", "callback_url": receiver.url}).raise_for_status().json()
        receiver.wait_for(1, 60)
        documents = [{"text": "버스는 3대다."}, {"text": "배는 5척이다."}]
        batch = client.post("/v1/batches", json={"documents": documents, "callback_url": receiver.url}).raise_for_status().json()
        receiver.wait_for(3, 60)
        told = {
            body["data"]["id"]: body for body in (Webhook(secret_of(service)).verify(each.body, each.headers) for each in receiver.accepted)
        }
        assert told.keys() == {job["id"], batch["id"]}
        assert told[batch["id"]]["type"] == "batch.finished"
        assert client.get(told[job["id"]]["data"]["links"]["result"]).json()["numbers"][0]["value"] == "3"
        assert len(client.get(told[batch["id"]]["data"]["links"]["results"]).text.splitlines()) == 2
        callback = client.get(job["links"]["self"]).json()["callback"]
        assert (callback["status"], callback["attempts"]) == ("delivered", 2)
