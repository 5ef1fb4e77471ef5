"""Language models as generators: what they bring, and that a bad one costs nothing but its own candidate."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence import retrieved
from servers import ANSWER, Server, serving

from assistant.ask import Assistant
from assistant.errors import GeneratorError, GeneratorNonsense, GeneratorTimeout, GeneratorUnreachable
from assistant.generate import Generator
from assistant.generators.chat import ChatGenerator
from assistant.generators.deadline import Deadline
from assistant.generators.extractive import Extractive
from assistant.generators.llama_cpp import LlamaCpp, small_model
from assistant.generators.openai_like import OpenAILike, openai_like
from assistant.generators.scripted import Scripted
from assistant.types import Question
from corpus.embedding import Hashing
from corpus.library import Library
from corpus.vectors import InMemory
from guards.grounding.overlap import OverlapVerifier

EVIDENCE = retrieved(
    "How often is the filter changed?", "The filter is changed every 500 hours.", "Oil is checked daily."
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("pump")
    (folder / "pump.md").write_text("# Pump P-100\n\n## Filter\n\nThe filter of the pump is changed every 500 hours.\n")
    with Library.open(folder / "home", embedder=Hashing(), vectors=InMemory()) as opened:
        opened.ingest([folder / "pump.md"], domain="engineering", validated_by="Ada")
        yield opened


def scripted(*replies: str | Exception, delay: float = 0.0, timeout: float = 5.0) -> ChatGenerator:
    return ChatGenerator(name="scripted", model=Scripted(replies=replies, delay=delay), timeout=timeout)


def remote(url: str, *, timeout: float = 5.0, key: str = "") -> ChatGenerator:
    model = openai_like(url, "fake", key, timeout=timeout, tokens=100)
    return ChatGenerator(name="remote", model=model, timeout=timeout)


def test_it_is_a_generator() -> None:
    assert isinstance(scripted("x"), Generator)


def test_a_reply_becomes_a_candidate() -> None:
    (candidate,) = scripted("The filter is changed every 500 hours [1]. Check the oil daily [2].").generate(EVIDENCE)
    assert candidate.generator == "scripted"
    assert [(each.text, each.citations) for each in candidate.sentences] == [
        ("The filter is changed every 500 hours.", (1,)),
        ("Check the oil daily.", (2,)),
    ]
    assert candidate.features == {"abstains": 0.0, "cites": 1.0, "words": 11.0}


def test_the_model_sees_the_question_and_the_passages() -> None:
    model = Scripted(replies=("The filter is changed [1].",))
    ChatGenerator(name="m", model=model, timeout=5).generate(EVIDENCE)
    ((system, human),) = model.asked
    assert "square brackets" in system.text
    assert "How often is the filter changed?" in human.text
    assert "Oil is checked daily." in human.text


def test_citations_that_do_not_exist_count_as_none() -> None:
    (candidate,) = scripted("The filter is changed [7]. The oil is checked [2].").generate(EVIDENCE)
    assert candidate.features["cites"] == 0.5


def test_abstaining_is_a_candidate_without_sentences() -> None:
    (candidate,) = scripted("The documents do not say.").generate(EVIDENCE)
    assert candidate.sentences == ()
    assert candidate.features["abstains"] == 1.0


def test_without_passages_the_model_is_not_asked() -> None:
    model = Scripted(replies=("No.",))
    assert ChatGenerator(name="m", model=model, timeout=5).generate(retrieved("Why?")) == ()
    assert model.asked == ()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("", GeneratorNonsense),
        (GeneratorUnreachable("gone"), GeneratorUnreachable),
        (KeyError("choices"), GeneratorError),
        (TimeoutError("its own"), GeneratorError),
        (RecursionError(), GeneratorError),
    ],
)
def test_whatever_a_model_raises_is_a_generator_error(reply: str | Exception, error: type[GeneratorError]) -> None:
    with pytest.raises(error):
        scripted(reply).generate(EVIDENCE)


def test_a_question_too_long_for_the_model_is_a_generator_error() -> None:
    with pytest.raises(GeneratorError, match="longer than the model can read"):
        scripted("x").generate(retrieved("why " * 5_000, "Because."))


def test_a_slow_model_is_left_behind() -> None:
    start = time.perf_counter()
    with pytest.raises(GeneratorTimeout, match="no answer within"):
        scripted("Late [1].", delay=2.0, timeout=0.2).generate(EVIDENCE)
    assert time.perf_counter() - start < 0.5


def test_calls_that_hang_are_limited_in_number() -> None:
    deadline, hang = Deadline(workers=2), threading.Event()
    before = set(threading.enumerate())
    for _ in range(5):
        with pytest.raises(GeneratorTimeout):
            deadline.call(hang.wait, 0.05)
    started = set(threading.enumerate()) - before
    hang.set()
    assert len(started) == 2
    assert deadline.call(lambda: "there", 5.0) == "there"


def test_many_questions_at_once_each_get_their_own_answer() -> None:
    model = Scripted(replies=("The filter is changed every 500 hours [1].",), delay=0.05)
    generator = ChatGenerator(name="m", model=model, timeout=10)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(len(generator.generate(EVIDENCE)))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1] * 12


# -- servers


def test_a_server_is_asked_once_with_the_key(server: Server) -> None:
    server.requests.clear()
    server.keys.clear()
    (candidate,) = remote(server.url("fine"), key="secret-key").generate(EVIDENCE)
    assert candidate.sentences[0].citations == (1,)
    (request,) = server.requests
    assert request["model"] == "fake"
    assert request["max_tokens"] == 100
    assert request["messages"][0]["role"] == "system"
    assert not request.get("stream")
    assert server.keys == ["Bearer secret-key"]


def test_the_key_is_not_shown(server: Server) -> None:
    generator = remote(server.url("fine"), key="secret-key")
    assert "secret-key" not in repr(generator)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("broken", GeneratorUnreachable),
        ("forbidden", GeneratorUnreachable),
        ("hangup", GeneratorUnreachable),
        ("page", GeneratorNonsense),
        ("other", GeneratorNonsense),
        ("list", GeneratorNonsense),
        ("half", GeneratorNonsense),
        ("null", GeneratorNonsense),
        ("silent", GeneratorNonsense),
        ("gibberish", GeneratorNonsense),
        ("flood", GeneratorNonsense),
    ],
)
def test_a_bad_server_is_a_generator_error(server: Server, behaviour: str, error: type[GeneratorError]) -> None:
    server.requests.clear()
    with pytest.raises(error) as caught:
        remote(server.url(behaviour)).generate(EVIDENCE)
    assert type(caught.value) is error
    assert len(server.requests) == 1, "no retries"


@pytest.mark.parametrize("behaviour", ["slow", "trickle"])
def test_a_slow_server_is_left_behind_and_let_go(server: Server, behaviour: str) -> None:
    before = set(threading.enumerate())
    generator = remote(server.url(behaviour), timeout=0.4)
    with pytest.raises(GeneratorTimeout):
        generator.generate(EVIDENCE)
    ends = time.monotonic() + 5
    while any(thread.name == "plumbline-model" for thread in set(threading.enumerate()) - before):
        assert time.monotonic() < ends, "the call goes on for ever"
        time.sleep(0.05)


def test_no_server_is_a_generator_error() -> None:
    with pytest.raises(GeneratorUnreachable, match="cannot be reached"):
        remote("http://127.0.0.1:1/v1").generate(EVIDENCE)


@pytest.mark.parametrize(
    "behaviour", ["broken", "page", "half", "hangup", "slow", "trickle", "flood", "gibberish", "other", "down"]
)
def test_the_answer_comes_in_time_whatever_the_server_does(server: Server, library: Library, behaviour: str) -> None:
    deadline = 1.0
    url = "http://127.0.0.1:1/v1" if behaviour == "down" else server.url(behaviour)
    assistant = Assistant(
        library=library,
        verifier=OverlapVerifier(),
        generators=(Certain(), remote(url, timeout=deadline)),
    )
    start = time.perf_counter()
    answer = assistant.ask(Question(text="How often is the filter of the pump changed?"))
    taken = time.perf_counter() - start
    assert answer.status == "answered"
    assert answer.generator == "extractive"
    assert "500 hours" in answer.text
    assert taken < 1.1 * deadline + 0.2


class Certain(Extractive):
    """The extractive generator, certain of what it brings: the deterministic embedder of these tests has no sense."""

    def generate(self, evidence):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return tuple(replace(each, score=1.0) for each in Extractive.generate(self, evidence))


# -- llama.cpp


def test_a_file_that_is_no_model_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"not a model")
    generator = ChatGenerator(name="m", model=LlamaCpp(file=tmp_path / "model.gguf"), timeout=5)
    with pytest.raises(GeneratorUnreachable, match="not a GGUF file"):
        generator.generate(EVIDENCE)


def test_a_damaged_model_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + b"\x03\x00\x00\x00" + bytes(200))
    generator = ChatGenerator(name="m", model=LlamaCpp(file=tmp_path / "model.gguf"), timeout=60)
    with pytest.raises(GeneratorUnreachable, match="cannot load or run"):
        generator.generate(EVIDENCE)


@pytest.mark.slow
def test_the_small_model_writes_a_candidate_and_keeps_its_deadline() -> None:
    model = LlamaCpp(file=small_model(), context=768, max_tokens=24, timeout=120)
    generator = ChatGenerator(name="small", model=model, timeout=120, window=model.window)
    try:
        (candidate,) = generator.generate(EVIDENCE)
    except GeneratorNonsense:
        pytest.fail("the small model should manage one sentence about one passage")
    assert candidate.sentences
    assert "filter" in candidate.sentences[0].text.lower()

    with pytest.raises(GeneratorNonsense, match="context"):
        model.invoke("word " * 1_000)

    model.timeout = 0.2
    start = time.perf_counter()
    with pytest.raises(GeneratorTimeout):
        model.invoke("Tell a long story. " * 50)
    assert time.perf_counter() - start < 1.0
    model.timeout = 120.0
    assert model.invoke("Say hello.").text, "it starts anew"
    model.close()


def test_the_process_may_end_while_a_model_is_at_work() -> None:
    program = """
import contextlib, threading, time
from assistant.generators.llama_cpp import LlamaCpp, small_model
from assistant.errors import GeneratorUnreachable
model = LlamaCpp(file=small_model())
def work():
    with contextlib.suppress(GeneratorUnreachable):
        model.invoke("Tell a long story. " * 80)
threading.Thread(target=work, daemon=True).start()
while model._worker is None:
    time.sleep(0.05)
print(model._worker._process.pid)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_the_type_names_are_stable() -> None:
    assert Scripted(replies=("x",))._llm_type == "scripted"
    assert OpenAILike(base_url="http://127.0.0.1:1/v1", model="m", api_key="none")._llm_type == "openai-like"
    assert ANSWER
