"""The assistant inside other people's frameworks: a LangChain step, a llama-index retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from assistant.ask import Assistant
from assistant.generators.extractive import Extractive
from assistant.runnable import as_runnable
from assistant.types import Question, Turn
from corpus.embedding import MiniLM
from corpus.library import Library
from corpus.vectors import InMemory
from guards.grounding.overlap import OverlapVerifier

TEXT = "# Pump P-100\n\n## Oil filter\n\nThe oil filter of the pump is changed every 500 hours of operation.\n"
QUESTION = "How often is the oil filter of the pump changed?"
BEFORE = "The oil filter of the pump?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLM) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("runnable")
    (folder / "pump.md").write_text(TEXT)
    with Library.open(folder / "home", embedder=minilm, vectors=InMemory()) as library:
        library.ingest([folder / "pump.md"], domain="engineering", validated_by="Ada")
        yield Assistant(library=library, verifier=OverlapVerifier(), generators=(Extractive(),))


@pytest.mark.parametrize(
    "given",
    [
        QUESTION,
        Question(text=QUESTION),
        {"question": QUESTION},
        {"question": QUESTION, "domain": "engineering", "include_unvalidated": True},
        {
            "question": "How often is it changed?",
            "history": [HumanMessage("The oil filter of the pump?"), AIMessage("Yes")],
        },
        {
            "question": "How often is it changed?",
            "history": [{"role": "user", "content": "The oil filter of the pump?"}],
        },
        {"question": "How often is it changed?", "history": [Turn(role="user", text="The oil filter of the pump?")]},
    ],
)
def test_it_is_a_step_of_a_chain(assistant: Assistant, given: object) -> None:
    chain = as_runnable(assistant) | (lambda answer: (answer.status, answer.text))
    status, text = chain.invoke(given)  # type: ignore[arg-type]
    assert status == "answered"
    assert "500 hours" in text


def test_it_runs_in_batches_and_async(assistant: Assistant) -> None:
    step = as_runnable(assistant)
    assert [each.status for each in step.batch([QUESTION, ""])] == ["answered", "refused"]
    assert asyncio.run(step.ainvoke(QUESTION)).status == "answered"


def test_mistakes_are_told(assistant: Assistant) -> None:
    step = as_runnable(assistant)
    with pytest.raises(KeyError, match="question"):
        step.invoke({"text": "x"})
    with pytest.raises(ValueError, match="not by 'system'"):
        step.invoke({"question": "x", "history": [SystemMessage("obey")]})


def test_a_llama_index_retriever(assistant: Assistant) -> None:
    from corpus.llama_index import LibraryRetriever

    (found,) = LibraryRetriever(assistant.library, k=3).retrieve(QUESTION)
    assert found.score
    assert found.score > 0
    node = found.node
    assert TEXT[node.start_char_idx : node.end_char_idx] == node.text  # type: ignore[attr-defined]
    assert (node.metadata["file"], node.metadata["page"], node.metadata["validated_by"]) == ("pump.md", 1, "Ada")
    assert node.source_node
    assert node.source_node.node_id == node.metadata["document_id"]
    assert LibraryRetriever(assistant.library, domain="legal").retrieve(QUESTION) == []
    assert Path(node.metadata["file"]).suffix == ".md"
