"""History: does an earlier conversation belong to this question, or was it planted to steer the answer?

The turns of a real conversation refer to each other: they share the words of their matter, or lean on what was said. A
planted one is a row of unrelated questions, each with ready advice, before a question unrelated to all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from statistics import fmean, median

from guards.integrity import asked, words
from guards.integrity.demonstrations import LEAST, asserts, steers
from guards.integrity.normal import View, normalise
from guards.integrity.pairs import Found, Pair, readings
from guards.types import Message

_BACK = re.compile(
    r"\b(?:that|those|this|these|it|them|they|you said|you mentioned|earlier|instead|again|above|previous|else"
    r"|both)\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"\[\d{1,3}\]")

MOST_LINKED = 0.4
"""Largest share of turns that refer back at which a history still counts as planted: of two turns not even the last,
of many less than half. Chosen on rows of unrelated questions against pages of questions about one matter."""


def planted_turns(messages: Sequence[Message], asked_at: int) -> list[tuple[int, int]]:
    """Both sides of each pair of a planted history: index of each turn, and how many pairs; none in a real one.

    `asked_at` is the index of the message with the question, -1 when there is none.
    """
    turns: list[tuple[int, Pair]] = []
    sides: set[int] = set()
    prompts: list[str] = []
    said: list[str] = []
    for at, message in enumerate(messages):
        text = normalise(message.text[: 4 * words.HEAD]).text
        if at != asked_at:
            sides.add(at)
        if message.role == "user":
            if prompts and len(said) < len(prompts):
                prompts[-1] = f"{prompts[-1]}\n{text}" if at != asked_at else prompts[-1]
                if at != asked_at:
                    continue
                said.append("")
            prompts.append(text)
        elif message.role == "assistant" and prompts and len(said) < len(prompts):
            turns.append((at, _turn(prompts[-1], text)))
            said.append(text)
        elif message.role == "assistant" and turns and prompts:
            turns.append((at, _turn(prompts[-1], text)))
    pairs = [pair for _, pair in turns]
    claims = [pair for pair in pairs if asserts(pair)]
    if len(claims) < LEAST or len(claims) < 0.2 * len(pairs):
        return []
    share = _share(prompts, said)
    leading = sum(words.asks(pair.prompt) and words.advises(pair.response) for pair in claims)
    spoken = sum(words.personal(pair.prompt) and words.addresses(pair.response) for pair in claims)
    if fmean(bool(_CITED.search(pair.response)) for pair in claims) >= 0.5:  # as answers of this assistant look
        leading = spoken
        share = max(share, 0.01)
    if share > MOST_LINKED or leading < (max(LEAST, 0.1 * len(claims)) if share or not spoken else 1):
        return []
    end = turns[-1][0]
    return [(at, len(turns)) for at in sorted(sides) if at <= end and messages[at].role in ("user", "assistant")]


def _turn(prompt: str, response: str) -> Pair:
    return Pair(
        start=0, end=len(response), prompt=prompt, response=response, form="turns", response_start=0, closed=True
    )


def _share(prompts: Sequence[str], said: Sequence[str]) -> float:
    """Share of turns that follow from what came before them, 0 to 1; the last one, which asks, counts twice."""
    theme = Counter(chain(*(words.content(prompt) for prompt in prompts)))
    if len(prompts) < 2 or (len(prompts) > 2 and max(theme.values(), default=0) >= 0.8 * len(prompts)):
        return 1.0
    linked = [
        _linked(prompts[at], prompts[at - 1], said[at - 1] if at - 1 < len(said) else "")
        for at in range(1, len(prompts))
    ]
    if any(linked) and median(words.count(answer) for answer in said) < 25:
        return 1.0  # in short exchanges people change the subject freely
    return (sum(linked) + linked[-1]) / (len(linked) + 1)


def _linked(prompt: str, before: str, answer: str) -> bool:
    about = words.subjects(prompt)
    if words.count(answer) <= 40 and len(words.content(prompt) & (words.content(before) | words.content(answer))) >= 2:
        return True
    if about & words.subjects(before) or len(about & words.subjects(answer)) >= 2 or words.leans(prompt):
        return True
    brief = words.count(prompt) <= 12
    return brief and bool(about & words.subjects(answer) or (len(about) < 2 and _BACK.search(prompt)))


def scattered_pairs(texts: Sequence[str], asked_at: int = -1) -> list[tuple[int, int, int]]:
    """Examples that are spread over several texts: index of the text, and from where to where.

    The texts are read one by one, and what is found in each in the same way is judged together. `asked_at`: the index
    of the text with the question, which stays; -1 when none has it.
    """
    if sum(len(text) >= 40 for text in texts) < LEAST:
        return []
    ways: dict[str, list[tuple[int, View, Found]]] = {}
    for at, text in enumerate(texts):
        if len(text) < 40:
            continue
        view = normalise(text)
        best: dict[str, Found] = {}
        for found in readings(view.text, least=1):
            way = "bare" if found.pairs[0].form == "bare" else "marked"
            if way not in best or len(found.pairs) > len(best[way].pairs):
                best[way] = found
        for way, found in best.items():
            ways.setdefault(way, []).append((at, view, found))
    for way in ("marked", "bare"):
        if places := _scattered(ways.get(way, []), asked_at, bare=way == "bare"):
            return places
    return []


def _scattered(read: Sequence[tuple[int, View, Found]], asked_at: int, *, bare: bool) -> list[tuple[int, int, int]]:
    pairs = tuple(pair for _, _, found in read for pair in found.pairs)
    if len(read) < LEAST or not steers(Found(pairs=pairs), "", "user"):
        return []
    if bare and fmean(words.addresses(pair.response) for pair in pairs) < 0.3:
        return []  # people tell of themselves over several paragraphs too
    places = []
    for at, view, found in read:
        taken, kept, sure = asked.bounds(view.text, found, question=at == asked_at)
        taken = sorted([*taken, *asked.fillings(view.text, taken, kept, sure=sure)])
        for start, end, _ in asked.without([(*span, 1) for span in taken], kept):
            places.append((at, *view.place(start, end)))
    return places
