from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.conversations import FILE_NAME, Conversations
from assistant.errors import UnknownConversation
from corpus.errors import CorruptDatabase


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    made = Conversations(tmp_path)
    yield made
    made.close()


def say(conversations: Conversations, conversation: str, question: str, answer: dict[str, Any]) -> str:
    conversation, exchange = conversations.begin(conversation, question)
    conversations.finish(exchange, answer)
    return conversation


def test_what_was_said_outlives_the_process(tmp_path: Path, conversations: Conversations) -> None:
    first = say(conversations, "", "What is  the dose?", {"text": "5 mg", "citations": [{"number": 1}]})
    say(conversations, first, "And then?", {"text": "10 mg"})
    conversations.close()
    again = Conversations(tmp_path)
    assert [each.question for each in again.exchanges(first)] == ["What is  the dose?", "And then?"]
    assert again.exchanges(first)[0].answer["citations"] == [{"number": 1}]
    assert [turn.role for turn in again.history(first)] == ["user", "assistant", "user", "assistant"]
    assert again.listed()[0].title == "What is the dose?"
    again.close()


def test_a_question_is_kept_before_it_is_answered(conversations: Conversations) -> None:
    one, exchange = conversations.begin("", "one")
    assert [each.answer for each in conversations.exchanges(one)] == [{}]
    assert conversations.history(one) == ()
    conversations.finish(exchange, {"text": "first"})
    assert [turn.text for turn in conversations.history(one)] == ["one", "first"]


def test_a_question_that_could_not_be_answered_leaves_nothing(conversations: Conversations) -> None:
    one, exchange = conversations.begin("", "one")
    conversations.drop(exchange)
    assert conversations.listed() == ()
    two = say(conversations, "", "two", {"text": "second"})
    conversations.drop(conversations.begin(two, "three")[1])
    assert [each.question for each in conversations.exchanges(two)] == ["two"]
    conversations.finish(exchange, {"text": "too late"})
    assert conversations.exchanges(one) == ()


def test_the_latest_comes_first(conversations: Conversations) -> None:
    one = say(conversations, "", "one", {})
    two = say(conversations, "", "two", {})
    assert [each.id for each in conversations.listed()] == [two, one]
    say(conversations, one, "more", {})
    assert [each.id for each in conversations.listed()] == [one, two]


def test_rename_and_remove(conversations: Conversations) -> None:
    one = say(conversations, "", "one", {})
    conversations.rename(one, "  Better \n title ")
    assert conversations.listed()[0].title == "Better title"
    conversations.rename(one, " ")
    assert conversations.listed()[0].title == "Better title"
    conversations.remove(one)
    assert conversations.listed() == ()
    assert conversations.exchanges(one) == ()
    for act in (
        lambda: conversations.rename(one, "x"),
        lambda: conversations.remove(one),
        lambda: conversations.begin(one, "x"),
    ):
        with pytest.raises(UnknownConversation, match=one):
            act()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database" * 500)
    with pytest.raises(CorruptDatabase, match=FILE_NAME):
        Conversations(tmp_path)
