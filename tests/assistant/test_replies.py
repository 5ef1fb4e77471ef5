"""Replies of language models: cited sentences out of whatever they write, or a clear "nonsense"."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import GeneratorNonsense
from assistant.generators.replies import read_reply
from assistant.prompts import NOT_SAID, RULES


def read(text: str, passages: int = 8) -> list[tuple[str, tuple[int, ...]]]:
    return [(each.text, each.citations) for each in read_reply(text, passages=passages)]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("The dose is 5 mg daily [1].", [("The dose is 5 mg daily.", (1,))]),
        ("The dose is 5 mg daily. [1]", [("The dose is 5 mg daily.", (1,))]),
        ("The dose is 5 mg.[1] Check the INR.[2]", [("The dose is 5 mg.", (1,)), ("Check the INR.", (2,))]),
        ("The dose is 5 mg [1][3].", [("The dose is 5 mg.", (1, 3))]),
        ("The dose is 5 mg [1, 3].", [("The dose is 5 mg.", (1, 3))]),
        ("The dose is 5 mg [1; 2 and 3].", [("The dose is 5 mg.", (1, 2, 3))]),
        ("The dose is 5 mg [1-3].", [("The dose is 5 mg.", (1, 2, 3))]),
        ("The dose is 5 mg 【2】.", [("The dose is 5 mg.", (2,))]),
        ("The dose is 5 mg【2†source】.", [("The dose is 5 mg.", (2,))]),
        ("The dose is 5 mg [passage 2].", [("The dose is 5 mg.", (2,))]),
        ("The dose is 5 mg [Source 2].", [("The dose is 5 mg.", (2,))]),
        ("The dose is 5 mg (1).", [("The dose is 5 mg.", (1,))]),
        ("The dose is 5 mg. (1) Check the INR. (2)", [("The dose is 5 mg.", (1,)), ("Check the INR.", (2,))]),
        ("Article 6(1) applies to it [2].", [("Article 6(1) applies to it.", (2,))]),
        ("Article 6(1) applies to it (2).", [("Article 6(1) applies to it.", (2,))]),
        ("As [1] says, the dose is 5 mg.", [("As says, the dose is 5 mg.", (1,))]),
        ("[1] The dose is 5 mg.\n[2] Check the INR.", [("The dose is 5 mg.", (1,)), ("Check the INR.", (2,))]),
        ("[1] The dose is 5 mg. [2] Check the INR.", [("The dose is 5 mg.", (1,)), ("Check the INR.", (2,))]),
        ("- The dose is 5 mg [1]\n- Check the INR. [2]", [("The dose is 5 mg", (1,)), ("Check the INR.", (2,))]),
        ("1. The dose is 5 mg [1].\n2. Check it [2].", [("The dose is 5 mg.", (1,)), ("Check it.", (2,))]),
        ("**Answer:** The dose is **5 mg** [1].", [("The dose is 5 mg.", (1,))]),
        ("<think>Passage 1 has it.</think>\nThe dose is 5 mg [1].", [("The dose is 5 mg.", (1,))]),
        ("thinking aloud</think>The dose is 5 mg [1].", [("The dose is 5 mg.", (1,))]),
        ("The dose is 5 mg [1].<|im_end|>", [("The dose is 5 mg.", (1,))]),
        ("The dose is 5 mg [99].", [("The dose is 5 mg.", (99,))]),
        ("The dose is 5 mg [1-99].", [("The dose is 5 mg.", (1,))]),
        ("The dose is 5 mg.", [("The dose is 5 mg.", ())]),
        ("The dose is 5 mg [1]. The dose is 5 mg [1].", [("The dose is 5 mg.", (1,))]),
        ("The dose is 5 mg [1]. After that it", [("The dose is 5 mg.", (1,))]),
    ],
)
def test_marks_are_read_and_taken_out(reply: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert read(reply) == expected


@pytest.mark.parametrize(
    "reply",
    [
        NOT_SAID,
        "The documents do not say. [1]",
        "The documents don't mention this.",
        "The provided passages do not contain information about the dose.",
        "I don't know.",
        "This is not specified in the documents.",
        "There is no information about this in the passages.",
        "It cannot be determined from the context.",
    ],
)
def test_saying_that_the_documents_do_not_say_is_no_sentence(reply: str) -> None:
    assert read(reply) == []


def test_a_cited_sentence_beside_an_abstention_is_kept() -> None:
    assert read("The dose is 5 mg [1]. The documents do not say more.") == [("The dose is 5 mg.", (1,))]


def test_a_cited_fact_about_what_does_not_contain_something_is_no_abstention() -> None:
    text = "The document that the supplier signs does not include the warranty terms of the spare parts [1]."
    assert read(text) == [(text.replace(" [1]", ""), (1,))]


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  \n ",
        "[1] [2]",
        "...",
        "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        '{"error": "overloaded"}',
        "<passage 1>\nThe dose is 5 mg.\n</passage 1>",
        "<think>hm, let me see, the passages",
        "The dose is 5 mg. " * 40,
        "dose dose dose dose dose " * 20,
        "The dose is 5 mg [1].\nThe dose is 5 mg [2].\nThe dose is 5 mg [3].",
        "a" * 200,
        "§$%&/()=?`´*'+#~@€µ|{}^°!²³" * 5,
        "\ufffd\ufffd the dose",
        f"{RULES[1]} The dose is 5 mg.",
        "The dose is 5 mg and it is " + " ".join(str(n) for n in range(8_000)),
    ],
)
def test_nonsense_is_recognised(reply: str) -> None:
    with pytest.raises(GeneratorNonsense):
        read(reply)


def test_a_long_answer_is_cut_at_a_sentence() -> None:
    long = " ".join(" ".join(f"w{row}x{column}" for column in range(11)).capitalize() + " [1]." for row in range(20))
    sentences = read(long)
    assert sum(len(text.split()) for text, _ in sentences) == 88
    assert all(text.endswith("x10.") for text, _ in sentences)


@given(st.text(max_size=400), st.integers(0, 20))
def test_any_text_is_read_or_refused(text: str, passages: int) -> None:
    try:
        sentences = read_reply(text, passages=passages)
    except GeneratorNonsense:
        return
    for sentence in sentences:
        assert any(character.isalpha() for character in sentence.text)
        assert sentence.text == " ".join(sentence.text.split())
        assert len(set(sentence.citations)) == len(sentence.citations)


@given(st.lists(st.tuples(st.sampled_from(["The pump runs", "Oil is changed", "A valve opens"]), st.integers(1, 9))))
def test_each_mark_belongs_to_its_sentence(parts: list[tuple[str, int]]) -> None:
    written = [f"{text} for {index} hours" for index, (text, _) in enumerate(parts)]
    reply = " ".join(f"{text} [{number}]." for text, (_, number) in zip(written, parts, strict=True))
    if not parts:
        return
    sentences = read_reply(reply, passages=9)
    expected = [(f"{text}.", (number,)) for text, (_, number) in zip(written, parts, strict=True)]
    assert [(each.text, each.citations) for each in sentences] == expected[: len(sentences)]
    assert sentences


@pytest.mark.parametrize("piece", ["[1", "(1", "<think>", "the documents ", "1, ", "[1]" * 3, "﴾", "is not "])
def test_hostile_replies_take_no_long_time(piece: str) -> None:
    start = time.perf_counter()
    with suppress(GeneratorNonsense):
        read_reply(piece * (20_000 // len(piece)), passages=8)
    assert time.perf_counter() - start < 1.0


def test_marks_are_all_gone() -> None:
    text = "One thing holds [1]. Another holds too [2, 3]. A third one [4] as well."
    assert not any(re.search(r"\[|\]", each) for each, _ in read(text))
