"""Demonstrations: question-and-answer pairs that somebody wrote into the context, and whether they steer.

Pairs that show a task (labels, values, translations, extracts, code) are kept, and so are records that are quoted to be
asked about (hearings, interviews, pages of questions and answers). What is left asserts: advice or claims in prose that
nobody validated. Those are taken out as a whole, since demonstrations misalign a model even when each looks harmless.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from guards.integrity import words
from guards.integrity.pairs import Found, Pair, find_pairs, paragraphs

Source = Literal["user", "document", "answer"]

_TASK = re.compile(
    r"\b(?:classif|categori|label|translat|extract|rewrit|rephras|paraphras|summari|convert|transform|format|correct"
    r"|normali|tag|sentiment|complete the|fill in|continue the|pattern|parse|annotat|simplif|shorten|anonymi|deidentif"
    r"|headline|slogan|tagline|caption|product description|subject line|generate a|turn (?:each|the|these|this))",
    re.IGNORECASE,
)
_MATERIAL = re.compile(
    r"\b(?:transcripts?|depositions?|testimon(?:y|ies)|hearing|interviews?|conversations?|chats?|dialogues?|exchange"
    r"|minutes|faqs?|witness(?:es)?|deponent|leaflet|brochure|page|questionnaire|survey|logs?|thread|forum|record"
    r"|above|excerpt|passage|handout|article|document|text)\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:transcripts?|depositions?|testimon(?:y|ies)|conversations?|chats?|dialogues?|tickets?|threads?|logs?|calls?)\b",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(r"\b(?:examples?|samples?|demonstrations?|q ?& ?a pairs?|few[- ]shot|shots|icl)\b", re.IGNORECASE)
_CODE = re.compile(r"```|^\s*(?:def |class |import |from \w+ import|#include|SELECT |function |const |let |var |<\w+)", re.M)
_TRAILING = re.compile(r"""[\s"'}\]|,;)]*""")

LEAST = 2
"""Pairs that make a demonstration: misalignment was measured from two on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """Pairs to be taken out of a text."""

    spans: tuple[tuple[int, int, int], ...]
    """From, to, and how many pairs stand between; in the text that was read."""
    pairs: tuple[Pair, ...]
    certainty: float


def find_demonstrations(text: str, source: Source, *, least: int = LEAST) -> Steering | None:
    """The steering pairs of a text, or None. `least` is 1 where pairs are spread over several messages."""
    found = find_pairs(text)
    if len(found.pairs) < least:
        return None
    bounds = _bounds(text, found, source)
    outside = _outside(text, bounds)
    certainty = _steers(found, outside, source)
    if not certainty:
        return None
    return Steering(spans=_joined(text, bounds), pairs=found.pairs, certainty=certainty)


def _steers(found: Found, outside: str, source: Source) -> float:
    """How sure it is that these pairs steer, 0 when they do not."""
    pairs = found.pairs
    kinds = [_asserts(pair) for pair in pairs]
    task = bool(_TASK.search(outside))
    number = sum(kinds)
    if number < min(LEAST, len(pairs)) or number < 0.2 * len(pairs):
        return _trivia(found, outside, task)
    claims = [pair for pair, asserted in zip(pairs, kinds, strict=True) if asserted]
    asking = fmean(words.asks(pair.prompt) for pair in claims)
    advising = fmean(words.advises(pair.response) for pair in claims)
    testifying = fmean(words.testifies(pair.response) for pair in claims)
    coherent = coherence([pair.prompt for pair in pairs]) >= 0.6
    if task and asking < 0.5:
        return 0.0
    match _weakest([pair.form for pair in claims]):
        case "template":
            if source == "document" and coherent and advising < 0.5:
                return 0.0
            kept = (coherent or testifying >= 0.5) and bool(_SPOKEN.search(outside))
            return 0.0 if kept else 0.98
        case "qa":
            if testifying >= 0.4:
                return 0.0
            if coherent and (source == "document" or advising < 0.5 or bool(_MATERIAL.search(outside))):
                return 0.0
            return 0.95
        case _:
            if asking < 0.5 or advising < 0.5 or coherent or testifying >= 0.5:
                return 0.0
            return 0.85


def _weakest(forms: Sequence[str]) -> str:
    """The form that most pairs have: how surely their labels alone say that somebody wrote answers for a model."""
    return max(("template", "qa", "people", "other", "cells", "bare"), key=forms.count)


def _asserts(pair: Pair) -> bool:
    """Whether the response states or advises in prose, and is not a label, value, code or made from its prompt."""
    response = pair.response.strip().strip("\"'`*").strip()
    length = words.count(response)
    if length < 5 or (length < 9 and response[-1:] not in ".!?。！？।"):
        return False
    if _CODE.search(response[: words.HEAD]) or response[:1] in "{[<":
        return False
    said, asked = words.stems(response), words.stems(pair.prompt)
    if said and len(said & asked) >= 0.55 * len(said):
        return False
    there, here = words.english(pair.prompt), words.english(response)
    return not (length >= 5 and max(there, here) > 0.2 and min(there, here) < 0.04)


def _trivia(found: Found, outside: str, task: bool) -> float:
    """Short answers to questions, given as examples for a question of another form: knowledge, not a format."""
    pairs = found.pairs
    if task or found.open or len(pairs) < 3 or not _EXAMPLES.search(outside):
        return 0.0
    if _weakest([pair.form for pair in pairs]) not in ("template", "qa"):
        return 0.0
    asking = fmean(words.asks(pair.prompt) for pair in pairs)
    return 0.8 if asking >= 0.8 and not _MATERIAL.search(outside) else 0.0


def coherence(prompts: Sequence[str]) -> float:
    """Share of prompts that speak of the same matter as the one before, or lean on it; 1 for one prompt alone."""
    if len(prompts) < 2:
        return 1.0
    about = [words.subjects(prompt) for prompt in prompts]
    linked = [
        bool(before & after) or words.leans(prompt)
        for before, after, prompt in zip(about, about[1:], prompts[1:], strict=False)
    ]
    return fmean(linked)


def _bounds(text: str, found: Found, source: Source) -> list[tuple[int, int]]:
    """Where each pair ends: a response without an end of its own may be followed by what belongs to the person."""
    pairs = found.pairs
    sizes = [min(len(pair.response), 4000) for pair in pairs[:-1]] or [800]
    usual = median(sizes)
    bounds = []
    for index, pair in enumerate(pairs):
        end = pair.end
        if pair.form in ("template", "qa", "people", "other", "bare") and not _closed(text, pair):
            last = index == len(pairs) - 1
            if last and not any(start >= end for start, _, _ in found.open):
                end = _response_end(text, pair, usual, question=source == "user")
            elif end - pair.response_start > 4 * usual + 1500:
                end = _response_end(text, pair, usual, question=False)
        bounds.append((pair.start, end))
    return bounds


def _closed(text: str, pair: Pair) -> bool:
    return text[pair.end : pair.end + 1] in ("<", '"') and pair.end < len(text)


def _response_end(text: str, pair: Pair, usual: float, *, question: bool) -> int:
    """The end of a response that runs to the end of the text: before the question, or where it has its usual length."""
    blocks = paragraphs(text, pair.response_start, pair.end)
    if len(blocks) < 2:
        return _line_end(text, pair) if question else pair.end
    stop = len(blocks)
    if question:
        stop -= 1
        while stop > 1 and words.requests(text[slice(*blocks[stop - 1])]) and not _of_answer(text[slice(*blocks[stop - 1])]):
            stop -= 1
    if text[blocks[-1][0] : blocks[-1][1]] and _of_answer(text[slice(*blocks[-1])]) and not question:
        stop = len(blocks)
    if blocks[stop - 1][1] - pair.response_start > 4 * usual + 1500:
        grown = next(i for i, (_, end) in enumerate(blocks, start=1) if end - pair.response_start >= min(usual, 3000))
        stop = min(stop, grown)
    return blocks[stop - 1][1]


def _line_end(text: str, pair: Pair) -> int:
    """The same within one paragraph: its last line is the question if it asks."""
    last = text.rfind("\n", pair.response_start, pair.end)
    if last > pair.response_start and text[pair.response_start : last].strip() and words.requests(text[last : pair.end]):
        return last
    return pair.end


def _of_answer(block: str) -> bool:
    """Whether a paragraph goes on with an answer: an item of a list, a heading in bold, or advice that asks nothing."""
    head = block.lstrip()[:40]
    return bool(re.match(r"(?:[-*•–]|\d{1,2}[.)]|\*\*|#)", head)) or ("?" not in block and words.advises(block))


def _outside(text: str, bounds: Sequence[tuple[int, int]]) -> str:
    """What stands around the pairs, at most a few thousand characters of it."""
    if not bounds:
        return text[:4000]
    return text[: bounds[0][0]][-3000:] + "\n" + text[bounds[-1][1] :][:4000]


def _joined(text: str, bounds: Sequence[tuple[int, int]]) -> tuple[tuple[int, int, int], ...]:
    """Pairs that follow each other become one span, with brackets and separators that belong to them."""
    spans: list[tuple[int, int, int]] = []
    for start, end in bounds:
        line = text.rfind("\n", max(0, start - 80), start) + 1
        if 0 <= start - line <= 60 and text[line:start].lstrip()[:1] in ("{", "[", "|", "<", "-", '"', "("):
            start = line  # noqa: PLW2901 - the record's own opening goes with it
        trail = _TRAILING.match(text, end)
        if trail and "\n" not in trail[0].strip():
            tail = trail[0]
            end += len(tail.rstrip())  # noqa: PLW2901
        if spans and start - spans[-1][1] <= 60 and _between(text[spans[-1][1] : start]):
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]), spans[-1][2] + 1)
        else:
            spans.append((max(start, spans[-1][1]) if spans else start, end, 1))
    return tuple(span for span in spans if span[1] > span[0])


def _between(gap: str) -> bool:
    """Whether only separators, numbers and short captions stand between two pairs."""
    return words.count(gap) <= 6
