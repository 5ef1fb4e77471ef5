"""The HTTP interface, over the small real corpus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpora import fill
from fastapi.testclient import TestClient

from assistant import api
from assistant.api import create_app
from assistant.ask import Assistant
from assistant.build import build
from assistant.conversations import Conversations
from assistant.settings import load
from assistant.types import Answer, Question
from corpus.errors import ServiceUnavailable


@pytest.fixture
def client(small: Assistant, tmp_path: Path) -> Iterator[TestClient]:
    conversations = Conversations(tmp_path)
    with TestClient(create_app(small, conversations, pages=False)) as made:
        yield made
    conversations.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    """A client whose corpus may be changed."""
    assistant = build(load(tmp_path / "home"))
    fill(assistant, tmp_path)
    conversations = Conversations(tmp_path)
    with TestClient(create_app(assistant, conversations, pages=False)) as made:
        yield made
    conversations.close()
    assistant.library.close()


def test_ask_gives_the_interfaces_answer(client: TestClient) -> None:
    answer = client.post(
        "/api/ask", json={"question": "What is the recommended starting dose of Examplin?", "id": "7"}
    ).json()
    assert answer["status"] == "answered"
    assert answer["id"] == "7"
    assert {"text", "sentences", "citations", "confidence", "reason", "findings", "generator", "timings_ms"} <= set(
        answer
    )
    citation = answer["citations"][0]
    assert citation["file"] == "examplin.md"
    assert citation["validated_by"] == "Ada"


def test_ask_can_stream(client: TestClient) -> None:
    asked = {"question": "What is the maximum dose of Examplin?", "history": [{"role": "user", "text": "Hello"}]}
    body = client.post("/api/ask?stream=true", json=asked).text
    events = [block.split("\n", 1) for block in body.strip().split("\n\n")]
    names = [name.removeprefix("event: ") for name, _ in events]
    assert names[0] == "progress"
    assert names[-1] == "answer"
    answer = json.loads(events[-1][1].removeprefix("data: "))
    said = [json.loads(data.removeprefix("data: ")) for name, data in events if name == "event: sentence"]
    assert said == answer["sentences"]


def test_search_documents_and_health(client: TestClient) -> None:
    hits = client.get("/api/search", params={"query": "torque of anchor bolts", "k": 2}).json()["hits"]
    assert hits[0]["file"] == "bolts.pdf"
    listed = client.get("/api/documents").json()
    assert {each["file"] for each in listed["documents"]} == {"examplin.md", "act.md", "bolts.pdf"}
    assert client.get(f"/api/documents/{hits[0]['document_id']}").json()["status"] == "validated"
    assert client.get("/api/health").json() == {"status": "ok", "documents": 3}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/ask", {}, 422),
        ("POST", "/api/ask", {"question": 5}, 422),
        ("POST", "/api/ask", {"question": "x", "domain": "cooking"}, 422),
        ("POST", "/api/ask", {"question": "x" * 300_000}, 422),
        ("GET", "/api/search?query=x&k=0", None, 422),
        ("GET", "/api/documents/nothing", None, 404),
        ("GET", "/documents/nothing/pages/1", None, 404),
        ("GET", "/documents/act/pages/77", None, 400),
        ("GET", "/documents/act/pages/1.png", None, 422),
        ("GET", "/documents/..%2f..%2fetc%2fpasswd/pages/1", None, 404),
        ("POST", "/api/documents/act/validate", {"by": ""}, 422),
    ],
)
def test_mistakes_are_one_line(client: TestClient, method: str, path: str, body: object, status: int) -> None:
    response = client.request(method, path, json=body)
    assert response.status_code == status
    assert "Traceback" not in response.text
    assert "\n" not in response.json()["error"]


def test_a_page_is_shown_with_its_words_marked_and_escaped(client: TestClient) -> None:
    hits = client.get("/api/search", params={"query": "torque of anchor bolts"}).json()["hits"]
    place = f"/documents/{hits[0]['document_id']}/pages/1"
    span = {"start": hits[0]["start"], "end": hits[0]["end"]}
    picture = client.get(f"{place}.png", params=span)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["x-quote-marked"] == "true"
    assert "newton metres" in client.get(place, params=span).text
    law = client.get("/documents/act/pages/1", params={"start": 30, "end": 90}).text
    assert '<mark id="quote">' in law
    assert "<script>alert" not in law
    assert "&lt;script&gt;alert" in client.get("/documents/act/pages/1").text


def test_pages_of_documents_run_no_script_and_load_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/documents/act/pages/1")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "http" not in policy
    style = re.search(r'href="(/plumbline/[^"]+/style.css)"', page.text)
    assert style is not None
    assert client.get(style[1]).headers["content-type"].startswith("text/css")
    assert "http" not in client.get(style[1]).text
    for other in ("/plumbline/x/../app.py", "/plumbline/x/app.py", "/plumbline/x/%2e%2e%2fapp.py"):
        assert client.get(other).status_code == 404


def test_what_fails_inside_is_one_line_and_not_a_traceback(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Assistant, question: Question) -> Answer:
        raise ServiceUnavailable("the server at x does not answer")

    def broken_stream(self: Assistant, question: Question) -> Iterator[Answer]:
        yield broken(self, question)

    monkeypatch.setattr(Assistant, "ask", broken)
    refused = client.post("/api/ask", json={"question": "Why?"})
    assert (refused.status_code, refused.json()) == (503, {"error": "the server at x does not answer"})
    monkeypatch.setattr(Assistant, "stream", broken_stream)
    assert "event: error" in client.post("/api/ask?stream=1", json={"question": "Why?"}).text
    monkeypatch.setattr(Assistant, "ask", lambda *_: 1 / 0)
    unforeseen = TestClient(client.app, raise_server_exceptions=False).post("/api/ask", json={"question": "Why?"})
    assert (unforeseen.status_code, unforeseen.json()) == (500, {"error": "the server failed: ZeroDivisionError"})
    assert client.get("/api/nothing").json() == {"error": "Not Found"}


def test_a_picture_that_cannot_be_drawn_gives_way_to_the_text(own: TestClient, tmp_path: Path) -> None:
    hit = own.get("/api/search", params={"query": "torque of anchor bolts"}).json()["hits"][0]
    place = f"/documents/{hit['document_id']}/pages/1"
    assert "<img" in own.get(place).text
    (original,) = (tmp_path / "home" / "files").glob("*.pdf")
    original.write_bytes(b"%PDF-1.4 nonsense")
    assert "<img" not in own.get(place).text
    assert "newton metres" in own.get(place).text
    assert own.get(f"{place}.png").status_code == 422


def test_documents_by_status(own: TestClient) -> None:
    assert len(own.get("/api/documents?status=validated").json()["documents"]) == 3
    assert own.get("/api/documents?status=expired").json()["documents"] == []


def test_uploads_have_limits(own: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LARGEST", 10)
    files = [("files", ("a.txt", b"x" * 11, "text/plain"))]
    refused = own.post("/api/documents", files=files, data={"domain": "legal"})
    assert refused.status_code == 413
    assert refused.json()["error"].startswith("a.txt is larger")
    assert own.post("/api/documents", data={"domain": "legal"}).status_code == 422


def test_upload_validate_and_withdraw(own: TestClient) -> None:
    files = [("files", ("../../pump.txt", b"PUMP\n\nThe pump runs at 3,000 turns a minute.\n", "text/plain"))]
    report = own.post("/api/documents", files=files, data={"domain": "engineering"}).json()
    assert report["added"] == 1
    assert report["quarantined"] == report["failed"] == []
    assert own.get("/api/documents/pump").json()["status"] == "unvalidated"
    assert own.post("/api/documents/pump/validate", json={"by": "Grace"}).json()["status"] == "validated"
    asked = {"question": "At how many turns a minute does the pump run?"}
    assert "3,000" in own.post("/api/ask", json=asked).json()["text"]
    assert own.post("/api/documents/pump/withdraw", json={"by": "Grace"}).json()["status"] == "withdrawn"
    assert "3,000" not in own.post("/api/ask", json=asked).json()["text"]
    bad = [("files", ("bad.pdf", b"%PDF-1.4 nothing", "application/pdf"))]
    report = own.post("/api/documents", files=bad, data={"domain": "legal"}).json()
    assert "malformed" in report["quarantined"][0]["reason"]
