from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.errors import UnknownConversation


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path)


def test_what_was_said_outlives_the_process(tmp_path: Path, conversations: Conversations) -> None:
    first = conversations.add("", "What is  the dose?", {"text": "5 mg", "citations": [{"number": 1}]})
    conversations.add(first, "And then?", {"text": "10 mg"})
    conversations.close()
    again = Conversations(tmp_path)
    assert [each.question for each in again.exchanges(first)] == ["What is  the dose?", "And then?"]
    assert again.exchanges(first)[0].answer["citations"] == [{"number": 1}]
    assert [turn.role for turn in again.history(first)] == ["user", "assistant", "user", "assistant"]
    assert again.listed()[0].title == "What is the dose?"
    again.close()


def test_the_latest_comes_first(conversations: Conversations) -> None:
    one = conversations.add("", "one", {})
    two = conversations.add("", "two", {})
    assert [each.id for each in conversations.listed()] == [two, one]
    conversations.add(one, "more", {})
    assert [each.id for each in conversations.listed()] == [one, two]
    assert len(conversations) == 2
    conversations.close()


def test_rename_and_remove(conversations: Conversations) -> None:
    one = conversations.add("", "one", {})
    conversations.rename(one, "  Better \n title ")
    assert conversations.listed()[0].title == "Better title"
    conversations.remove(one)
    assert conversations.listed() == ()
    assert conversations.exchanges(one) == ()
    for act in (
        lambda: conversations.rename(one, "x"),
        lambda: conversations.remove(one),
        lambda: conversations.add(one, "x", {}),
    ):
        with pytest.raises(UnknownConversation, match=one):
            act()
    conversations.close()
