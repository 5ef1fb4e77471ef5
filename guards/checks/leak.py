"""No leak: neither of what the language model was told, nor of what other people said.

A run of words counts as repeated when it is long enough not to be chance. What the person's own question, conversation
or the cited sources say may be said again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from guards.checks.citations import evidence
from guards.checks.found import block
from guards.types import Draft, Finding

RUN = 7
"""Words in a row that are no chance."""

_WORD = re.compile(r"\w+")
_MARKS = re.compile(
    r"<\|[\w\-]{1,40}\|>|</?(?:system|passage(?: \d{1,4})?|question|think|instructions?)>|\[/?INST\]|<</?SYS>>|"
    r"^[ \t]{0,8}(?:###? ?)?(?:system|assistant|human|user) ?(?:prompt|message)? ?:|"
    r"\b(?:my|the|your|this) (?:system prompt|initial instructions|hidden instructions|prompt above)\b",
    re.IGNORECASE | re.MULTILINE,
)

Run = tuple[str, ...]


def leak(draft: Draft) -> tuple[Finding, ...]:
    """The draft repeats no rule, no other person's words and no mark of a conversation's format."""
    found = []
    numbers = sorted({n for each in draft.statements for n in each.citations if 1 <= n <= len(draft.sources)})
    known = [draft.question, *draft.said, *(evidence(draft.sources[n - 1]) for n in numbers)]
    marks = set(_MARKS.findall(draft.text))
    brought = "\n".join(known).lower() if marks else ""
    if any(mark.lower() not in brought for mark in marks):
        found.append(block("leak", "A draft was set aside: it showed marks of the conversation behind it."))
    said = set(_runs(draft.text))
    if said & _strange(draft.rules, known, said):
        found.append(block("leak", "A draft was set aside: it repeated what the language model is told."))
    if said & _strange(draft.private, known, said):
        found.append(block("leak", "A draft was set aside: it repeated words of another conversation."))
    return tuple(found)


def _strange(texts: Sequence[str], known: Iterable[str], said: set[Run]) -> set[Run]:
    """Runs of the texts that are said, but that nothing known to the person has."""
    runs = {run for text in texts for run in _runs(text) if run in said}
    return runs - {run for text in known for run in _runs(text)} if runs else runs


def _runs(text: str) -> Iterator[Run]:
    words = [word.lower() for word in _WORD.findall(text)]
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
