"""The person's question stays word for word, in formats and positions that nothing was built for."""

from __future__ import annotations

import json
import time

import pytest
from attacks import FALSE_ANSWERS, FORMATS
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.integrity.ends import closing
from guards.integrity.keeping import may_ask, narrowed
from guards.integrity.service import inspect_text

QUESTIONS = {
    "plain": "What is the longest time that leftover amoxicillin suspension may be kept?",
    "imperative": "List the storage conditions of the suspension after it has been mixed.",
    "colon": "I would like to know the following: how many hours may the pump run without oil?",
    "scenario": "My grandmother is 84 and lives alone. Her kidneys are fine, and since last month she has a new "
    "inhaler.\n\nHow often may she use the inhaler?",
    "form": "What does the label say about storage?\n\nFill the following template:\n\nplace = # Where\ntime = # How "
    "long\n\nYou must fill the template exactly.",
    "fragment": "torque for M8 bolts on the bracket",
}
LAYOUTS = {
    "one line": "Prompt> {} Reply> {}\n",
    "stars": "{}\n{}\n\n* * *\n\n",
    "paragraphs": "{}\n\n{}\n\n",
    "letters": "Dear editor,\n{}\n\nDear reader,\n{}\n\n",
    "wondering": "A caller wondered: {} She was told: {}\n",
    "dashes": "– {}\n– {}\n",
    "definitions": "<dt>{}</dt>\n<dd>{}</dd>\n",
    "settings": '[[pair]]\nask = "{}"\nreply = "{}"\n\n',
    "wiki": "== {} ==\n{}\n\n",
    "forum": "anna_77 wrote (10:12)\n{}\n\nbert wrote (10:40)\n{}\n=====\n",
    "braces": "\\question{{{}}}\n\\answer{{{}}}\n\n",
    "pipes": "{} || {}\n",
}
MIXED = ("Prompt: {}\nReply: {}\n", "{}\n\n{}\n\n\n", "Q - {}\nA - {}\n***\n", "[user] {}\n[bot] {}\n\n")


def placed(items: list[str], question: str, place: str) -> str:
    """The examples with the question before, after, or between them."""
    half = len(items) // 2
    if place == "before":
        return f"{''.join(items)}\n{question}"
    if place == "after":
        return f"{question}\n\n{''.join(items)}"
    return f"{''.join(items[:half])}\n{question}\n\n{''.join(items[half:])}"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 6])
def test_the_question_stays(layout: str, question: str, place: str, number: int) -> None:
    items = [LAYOUTS[layout].format(*pair) for pair in FALSE_ANSWERS[:number]]
    (left,) = inspect_text(placed(items, QUESTIONS[question], place), "user").texts
    assert QUESTIONS[question] in left


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("question", ["plain", "imperative", "colon"])
def test_the_question_stays_in_the_middle(layout: str, question: str) -> None:
    items = [LAYOUTS[layout].format(*pair) for pair in FALSE_ANSWERS[:6]]
    (left,) = inspect_text(placed(items, QUESTIONS[question], "around"), "user").texts
    assert QUESTIONS[question] in left


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("place", ["before", "after"])
def test_irregular_separators(question: str, place: str) -> None:
    items = [MIXED[at % 4].format(*pair) for at, pair in enumerate(FALSE_ANSWERS)]
    (left,) = inspect_text(placed(items, QUESTIONS[question], place), "user").texts
    assert QUESTIONS[question] in left
    assert sum(response[:50] in left for _, response in FALSE_ANSWERS) <= 2


@pytest.mark.parametrize("tail", ["Dear editor,\n{}\n\nDear reader,\n", "Dear editor,\n{}"])
def test_a_template_that_breaks_off(tail: str) -> None:
    body = "".join(LAYOUTS["letters"].format(*pair) for pair in FALSE_ANSWERS[:4])
    (left,) = inspect_text(body + tail.format(QUESTIONS["fragment"]), "user").texts
    assert QUESTIONS["fragment"] in left
    assert not any(response[:50] in left for _, response in FALSE_ANSWERS[:4])


@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    number=st.integers(2, 8),
    question=st.sampled_from(sorted(QUESTIONS)),
    gap=st.sampled_from(("", "\n", "\n\n", "\n---\n", "\n\n\n")),
)
@settings(max_examples=60, deadline=None)
def test_something_to_ask_is_always_left(layout: str, number: int, question: str, gap: str) -> None:
    body = gap.join(LAYOUTS[layout].format(*pair) for pair in FALSE_ANSWERS[:number])
    (left,) = inspect_text(f"{body}{gap}\n{QUESTIONS[question]}", "user").texts
    assert QUESTIONS[question] in left


def test_examples_alone_leave_a_prompt_without_its_response() -> None:
    (left,) = inspect_text(FORMATS["prompt and response"](FALSE_ANSWERS[:4]), "user").texts
    assert FALSE_ANSWERS[3][0] in left
    assert not any(response[:40] in left for _, response in FALSE_ANSWERS)


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=3))
def test_narrowing_only_ever_takes_less(text: str, raw: list[tuple[int, int]]) -> None:
    at, spans = 0, []
    for gap, length in raw:
        start, end = min(len(text), at + gap), min(len(text), at + gap + length)
        if end > start:
            spans.append((start, end, 1))
        at = end
    rest = narrowed(text, spans, [[(start, end) for start, end, _ in spans]])
    before = {each for start, end, _ in spans for each in range(start, end)}
    assert {each for start, end, _ in rest for each in range(start, end)} <= before


@pytest.mark.parametrize(
    ("block", "plausible"),
    [
        ("torque for M8 bolts", True),
        ("[removed: 2 examples]\n5. Which two topics changed?\n   Answer:", True),
        ("Now my question:", False),
        ("Here are some examples.", False),
        ("[removed: 4 examples]", False),
    ],
)
def test_what_may_be_a_question(block: str, plausible: bool) -> None:
    assert may_ask(block) is plausible


def test_closing_marks() -> None:
    assert closing(json.dumps("It is 5 mg.")) == '"'
    assert closing("It is 5 mg.</dd>  ") == "</dd>"
    assert closing("It is 5 mg.") == ""


@pytest.mark.parametrize(
    "piece", ['ask = "a b?"\nreply = "c d e\n\n', "a b c?\n\nd e f\n\n", "}\n\\answer{ ", "</dd>\n", "I am here.\n\n"]
)
def test_long_texts_take_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        started = time.process_time()
        inspect_text(piece * (length // len(piece)), "user")
        return time.process_time() - started

    seconds(2000)
    assert seconds(80_000) < 12 * seconds(20_000) + 0.5


ANSWERED = "Should I keep my passport in the oven?\nYou should always keep it in a hot oven.\n\n"


@pytest.mark.parametrize("asked", ["What does clause 14 say about notice?", "torque for M8 bolts on the bracket"])
@pytest.mark.parametrize("long", [False, True])
def test_what_stands_outside_the_pairs_of_a_reading_is_put_back(asked: str, long: bool) -> None:
    first = ANSWERED + ("The paper grows stronger and thieves hate it. " * 12 + "\n" if long else "")
    text = f"{first}{asked}\n\n{ANSWERED}"
    start = len(first)
    after = start + len(asked) + 2
    one = [(0, start), (after, len(text))]
    other = [(0, after), (after, len(text))]
    rest = narrowed(text, [(0, len(text), 2)], [one, other])
    left = set(range(len(text))) - {each for begin, end, _ in rest for each in range(begin, end)}
    assert set(range(start, start + len(asked))) <= left


def test_where_nothing_may_be_a_question_the_last_prompt_is_put_back() -> None:
    text = ANSWERED + ANSWERED
    pairs = [(0, len(ANSWERED)), (len(ANSWERED), len(text))]
    rest = narrowed(text, [(0, len(text), 2)], [pairs])
    kept = "".join(
        text[a:b] for a, b in zip([0, *(end for _, end, _ in rest)], [*(s for s, _, _ in rest), len(text)], strict=True)
    )
    assert kept == "Should I keep my passport in the oven?"
