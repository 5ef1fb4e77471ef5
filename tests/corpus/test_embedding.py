"""One contract for every embedder, and what is particular to each."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from corpus.embedding import Embedder, Hashing, MiniLM, OpenAICompatible
from corpus.errors import ServiceUnavailable
from corpus.reading import LateInteraction


class _Server(BaseHTTPRequestHandler):
    reply = "embed"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, body = 200, b"<html>"
        if self.reply == "embed":
            fake = Hashing(dimension=16)
            rows = [{"index": i, "embedding": fake.query(text).tolist()} for i, text in enumerate(asked["input"])]
            body = json.dumps({"data": rows[::-1]}).encode()
        elif self.reply == "short":
            body = b'{"data": []}'
        elif self.reply == "500":
            status = 500
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    _Server.reply = "embed"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}/v1"
        served.shutdown()
        thread.join()


@pytest.fixture(params=["minilm", "hashing", "server", "server with sentences"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    match request.param:
        case "minilm":
            return request.getfixturevalue("minilm")
        case "hashing":
            return Hashing()
        case which:
            return OpenAICompatible(
                url=request.getfixturevalue("server"), model="tiny", key="secret", sentences="sentences" in which
            )


def test_keeps_the_contract(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)
    assert embedder.name
    query = embedder.query("What is the dose?")
    assert query.shape == (embedder.dimension,)
    assert query.dtype == np.float32
    assert float(np.linalg.norm(query)) == pytest.approx(1.0, abs=1e-3)
    assert np.allclose(query, embedder.query("What is the dose?"))
    assert embedder.texts([]).shape == (0, embedder.dimension)
    text = "The dose is 5 mg. Take it at night."
    ((whole, sentences), (other, none)) = embedder.passages([(text, ((0, 17), (18, len(text)))), ("Bananas", ())])
    assert whole.shape == other.shape == (embedder.dimension,)
    assert sentences.shape == (2, embedder.dimension)
    assert none.shape == (0, embedder.dimension)
    assert np.allclose(np.linalg.norm(sentences, axis=1), 1.0, atol=1e-3)
    assert embedder.passages([]) == []


def test_minilm_knows_meaning(minilm: MiniLM) -> None:
    question = minilm.query("How much of the medicine may I take?")
    near, far = minilm.texts(["The maximum dose is two tablets a day.", "The contract is governed by English law."])
    assert question @ near > question @ far + 0.2


def test_minilm_hardly_depends_on_batch_mates(minilm: MiniLM) -> None:
    text = "The recommended starting dose is 500 mg twice a day, given with meals."
    alone = minilm.texts([text])[0]
    among = minilm.texts([text, *("Another sentence of about the same length as the first one." for _ in range(20))])[0]
    assert float(alone @ among) > 0.99


def test_a_sentence_beyond_the_window_has_its_passages_vector(minilm: MiniLM) -> None:
    text = "word " * 400 + "end"
    ((whole, sentences),) = minilm.passages([(text, ((2000, len(text)),))])
    assert np.allclose(whole, sentences[0])


@pytest.mark.parametrize(
    ("reply", "says"), [("500", "answered 500"), ("html", "no embedding"), ("short", "gave 0 vectors")]
)
def test_what_a_server_does_wrong_is_said(server: str, reply: str, says: str) -> None:
    embedder = OpenAICompatible(url=server, model="tiny", dimension=16)
    _Server.reply = reply
    with pytest.raises(ServiceUnavailable, match=says):
        embedder.query("x")


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        OpenAICompatible(url="http://127.0.0.1:9/v1", model="tiny").query("x")


def test_the_reader_meets_words_by_meaning() -> None:
    reader = LateInteraction()
    text = "Warnings\nIt may cause stomach bleeding.\nKeep the pack in a dry place."
    spans = ((9, 39), (40, len(text)))
    (reading,) = reader.read("Can it make the gastric wall bleed?", [(text, spans)])
    assert reading.sentences[0] > reading.sentences[1] + 0.1
    assert reading.whole >= max(reading.sentences) - 1e-6
    assert reader.read("Anything?", []) == []


def test_the_reader_takes_any_text() -> None:
    reader = LateInteraction()
    assert [each.sentences for each in reader.read("", [("some text", ((0, 4),))])] == [(0.0,)]
    (empty, long) = reader.read("dose", [("", ()), ("word " * 2_000 + "dose", ((0, 10), (10_000, 10_004)))])
    assert empty.sentences == ()
    assert empty.whole == 0.0
    assert long.sentences[1] == 0.0


def test_tokens_know_their_place() -> None:
    (tokens,) = MiniLM().tokens(["The stomach."])
    assert [(int(start), int(end)) for start, end in zip(tokens.starts, tokens.ends, strict=True)] == [
        (0, 3),
        (4, 11),
        (11, 12),
    ]
    assert tokens.vectors.shape == (3, 384)
