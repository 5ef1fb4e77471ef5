"""An answer with citation marks, as language models write it, becomes a draft that the checks can look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.sentences import split_sentences
from guards.checks.citations import evidence
from guards.grounding.verifier import Verifier
from guards.types import Claim, Draft, Source, Statement

_MARKS = re.compile(r"\s{0,4}\[(\d{1,4}(?:\s?[,;]\s?\d{1,4}){0,20})\]")
_NUMBER = re.compile(r"\d+")


def statements(answer: str) -> tuple[Statement, ...]:
    """The sentences of an answer, each with the numbers in square brackets within it or right behind it."""
    found: list[Statement] = []
    numbers: list[list[int]] = []
    ends: list[int] = []
    for start, end in split_sentences(answer):
        text = answer[start:end]
        lead = 0
        while match := _MARKS.match(text, lead):  # marks behind the stop belong to the sentence before
            lead = match.end()
        if lead and found:
            numbers[-1] += _numbers(text[:lead])
            ends[-1] = start + lead
        rest = text[lead:].strip()
        if rest or not found:
            words = " ".join(_MARKS.sub("", rest).split())
            numbers.append(_numbers(rest if found else text))
            ends.append(end)
            found.append(Statement(text=words, start=end - len(rest), end=end, citations=()))
    return tuple(
        replace(each, end=end, citations=tuple(dict.fromkeys(cited)))
        for each, end, cited in zip(found, ends, numbers, strict=True)
    )


def _numbers(text: str) -> list[int]:
    return [int(number) for marks in _MARKS.findall(text) for number in _NUMBER.findall(marks)]


def read(answer: str, metadata: Mapping[str, Any], *, verifier: Verifier | None = None) -> Draft:
    """The draft that an answer and its metadata make; see `guards.validators` for the keys.

    With a verifier every cited sentence is verified. Raises TypeError or KeyError on metadata that cannot be read.
    """
    draft = Draft(
        text=answer,
        statements=statements(answer),
        sources=tuple(_source(each) for each in metadata.get("sources", ())),
        question=str(metadata.get("question", "")),
        said=_texts(metadata.get("history", ())),
        rules=_texts(metadata.get("rules", ())),
        private=_texts(metadata.get("private", ())),
        domain=str(metadata.get("domain") or ""),
    )
    return verified(draft, verifier) if verifier else draft


def verified(draft: Draft, verifier: Verifier) -> Draft:
    """The draft with what the verifier says of each sentence against what it cites."""
    claims = [
        Claim(text=each.text, evidence=tuple(evidence(source) for source in draft.cited(each)))
        for each in draft.statements
    ]
    verdicts = verifier.verify(claims, question=draft.question, domain=draft.domain) if claims else ()
    checked = zip(draft.statements, verdicts, strict=True)
    return replace(draft, statements=tuple(replace(each, verdict=verdict) for each, verdict in checked))


def _source(given: object) -> Source:
    if isinstance(given, Source):
        return given
    if isinstance(given, str):
        return Source(text=given)
    if isinstance(given, Mapping):
        return Source(
            text=str(given["text"]), **{k: str(given[k]) for k in ("context", "title", "status") if given.get(k)}
        )
    raise TypeError(f"a source is a string or has a 'text', not {type(given).__name__}")


def _texts(given: object) -> tuple[str, ...]:
    """Strings; messages are their content."""
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Sequence):
        raise TypeError(f"a list of strings is needed, not {type(given).__name__}")
    return tuple(str(each.get("content", "")) if isinstance(each, Mapping) else str(each) for each in given)
