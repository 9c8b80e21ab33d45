"""The whole flow with the client that openapi-python-client makes; run with that client on the path."""

import sys

from jujang_client import AuthenticatedClient
from jujang_client.api.batches import create_batch, get_batch
from jujang_client.api.extractions import create_extraction, delete_extraction, get_extraction, get_extraction_result
from jujang_client.models import Batch, DocumentFields, ExtractionRequest, Job, JobStatus, Options, OptionsOffsetUnit, Problem, Result
from jujang_client.types import Unset

TEXT = "👍 한빛시는 지난해 12월 예산 312억원을 편성했다고 밝혔다."


def main(url: str) -> None:
    """Post, follow, read, erase; be refused; post a batch."""
    client = AuthenticatedClient(base_url=url, token="none-is-wanted-here", httpx_args={"trust_env": False})
    options = Options(offset_unit=OptionsOffsetUnit.UTF8)
    request = ExtractionRequest(text=TEXT, document=DocumentFields(id="py-1"), options=options)
    job = create_extraction.sync(client=client, body=request)
    assert isinstance(job, Job)
    while job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
        job = get_extraction.sync(job.id, client=client, prefer="wait=10")
        assert isinstance(job, Job)
    result = get_extraction_result.sync(job.id, client=client)
    assert isinstance(result, Result)
    assert not isinstance(result.numbers, Unset)
    sent = TEXT.encode()
    for number in result.numbers:
        assert sent[number.start : number.end].decode() == number.text
        print(number.value, number.unit)
    print(delete_extraction.sync_detailed(job.id, client=client).status_code.value)
    gone = get_extraction_result.sync(job.id, client=client)
    assert isinstance(gone, Problem)
    print(gone.type_)
    refused = create_extraction.sync(client=client, body=ExtractionRequest(text=" "))
    assert isinstance(refused, Problem)
    assert not isinstance(refused.errors, Unset)
    print([(error.field, error.code) for error in refused.errors])
    batch = create_batch.sync(client=client, body=[ExtractionRequest(text=TEXT), ExtractionRequest(text="")])
    assert isinstance(batch, Batch)
    while batch.finished_at is None:
        batch = get_batch.sync(batch.id, client=client, prefer="wait=10")
        assert isinstance(batch, Batch)
    print(batch.counts.succeeded, batch.counts.refused)


if __name__ == "__main__":
    main(sys.argv[1])
