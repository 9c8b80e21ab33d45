"""Read a document with a running Jujang: python client.py article.txt [2026-03-04]. Needs httpx; see JUJANG_URL and JUJANG_API_KEY."""

import os
import sys
import uuid
from pathlib import Path

import httpx


def extract(client: httpx.Client, text: str, published_at: str | None = None) -> dict:
    """The result of one document; raises httpx.HTTPStatusError where it is refused, RuntimeError where it failed."""
    request = {"text": text, "document": {"published_at": published_at}}
    job = call(client, "POST", "/v1/extractions", json=request, headers={"Idempotency-Key": uuid.uuid4().hex, "Prefer": "wait=30"})
    while job["status"] in ("queued", "running"):
        job = call(client, "GET", job["links"]["self"], headers={"Prefer": "wait=30"})
    if job["status"] != "succeeded":
        raise RuntimeError(job["error"]["detail"] if job["error"] else job["status"])
    return call(client, "GET", job["links"]["result"])


def call(client: httpx.Client, method: str, path: str, **request) -> dict:
    answer = client.request(method, path, **request)
    if answer.is_error:
        problem = answer.json()
        wrong = [f"{error['field']}: {error['message']}" for error in problem.get("errors", [])]
        raise httpx.HTTPStatusError("\n".join([problem["detail"], *wrong]), request=answer.request, response=answer)
    return answer.json()


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python client.py FILE [YYYY-MM-DD]")
    key = os.environ.get("JUJANG_API_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        text = Path(sys.argv[1]).read_text("utf-8")
        with httpx.Client(base_url=os.environ.get("JUJANG_URL", "http://127.0.0.1:8000"), headers=headers, timeout=40) as jujang:
            found = extract(jujang, text, *sys.argv[2:])
    except (OSError, UnicodeError, httpx.HTTPError, RuntimeError) as error:
        sys.exit(str(error))
    for claim in sorted(found["claims"], key=lambda claim: -claim["checkworthy"]):
        print(f"{claim['checkworthy']:.2f}  {claim['type']:<10}  {claim['text']}")


if __name__ == "__main__":
    main()
