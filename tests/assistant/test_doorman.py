from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from assistant import doorman
from assistant.doorman import Doorman


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()

    @made.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @made.get("/slow")
    def slow() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            for part in "abc":
                yield part

        return StreamingResponse(parts(), headers={"Referrer-Policy": "origin"})

    return made


def served(app: FastAPI, address: str = "http://127.0.0.1:7860", names: tuple[str, ...] = ()) -> TestClient:
    return TestClient(Doorman(app, names=names), base_url=address, raise_server_exceptions=False)


def test_headers_on_everything_and_a_responses_own_stay(app: FastAPI) -> None:
    response = served(app).get("/slow")
    assert response.text == "abc"
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert "http:" not in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "origin"
    assert served(app).get("/nothing").headers["x-content-type-options"] == "nosniff"


def test_another_sites_page_can_change_nothing(app: FastAPI) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        assert served(app).post("/size", headers={"Sec-Fetch-Site": site}).status_code == status
    assert served(app).get("/slow", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:7860", 200),
        ("evil.example:7860", 403),
        ("localhost.evil.example", 403),
        ("", 403),
        ("plumbline.hospital.example", 200),
    ],
)
def test_a_local_server_answers_to_local_names_and_to_those_it_was_given(app: FastAPI, host: str, status: int) -> None:
    client = served(app, names=("Plumbline.hospital.example",))
    assert client.get("/slow", headers={"Host": host}).status_code == status


def test_a_server_for_others_answers_to_any_name(app: FastAPI) -> None:
    assert served(app, "http://192.0.2.7:7860").get("/slow", headers={"Host": "plumb.example"}).status_code == 200


def test_a_body_that_is_too_large_is_refused(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorman, "LARGEST_BODY", 100)
    client = served(app)
    assert client.post("/size", content=b"x" * 100).json() == 100
    refused = client.post("/size", content=b"x" * 101)
    assert refused.status_code == 413
    assert "larger than" in refused.json()["error"]
    assert client.post("/size", headers={"Content-Length": "many"}).status_code == 400

    def endless() -> object:
        for _ in range(50):
            yield b"x" * 10

    assert client.post("/size", content=endless()).status_code >= 400  # type: ignore[arg-type]
