"""Keeping: a redaction never takes the question with it.

When nothing is left that a person may have asked, or the last thing that they wrote is gone, the paragraph that fits
the pairs least is put back: one that asks, that stands outside the pairs of some reading, or at the end of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from guards.integrity import asked, words
from guards.integrity.asked import Span
from guards.integrity.labels import find_markers
from guards.integrity.pairs import paragraphs

_LEAD_IN = re.compile(
    r"(?:here|below|these|this|the following|continue|answer|reply|above)\b[^\n?]{0,160}$",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[removed: [^\[\]\n]{1,100}\]")
LONGEST = 40
"""Words of the longest paragraph that counts as a question although it doesn't ask; longer ones are left of pairs."""
_SIGNS = re.compile(r"[\W_]{0,8}(?:\d{1,4}[.):\]]{1,2}\s{1,4})?[\W_]{0,4}")
_WAITING = re.compile(r"\n[^\n]{0,40}:\s{0,8}$")
"""A label at the end, whose response has not been written."""
FURTHEST = 200
"""Paragraphs, the last of those taken out, among which the question is looked for."""


def may_ask(block: str, *, last: bool = False) -> bool:
    """Whether a paragraph that is left may be the question, though it be only a few words: “torque for M8 bolts”.

    `last`: it stands at the end of the text, where a person writes what they want.
    """
    block = _WAITING.sub("", _SIGNS.sub("", _MARK.sub("", block), count=1)).strip()
    if asked.asks_openly(block):
        return True
    said = words.count(block)
    return (
        2 <= said <= LONGEST
        and not block.endswith(":")
        and not _LEAD_IN.match(block)
        and (last or not words.is_answer(block))
    )


def narrowed(
    text: str, spans: Sequence[tuple[int, int, int]], ways: Sequence[Sequence[Span]]
) -> tuple[tuple[int, int, int], ...]:
    """The spans that are taken out, less the last plausible question when none would be left.

    `ways`: the pairs of each reading, in order.
    """
    left = _left(text, spans)
    if not spans or any(may_ask(text[start:end], last=start >= spans[-1][1]) for start, end in left):
        return tuple(spans)
    blocks = [block for start, end, _ in spans for block in _lines(text, start, end)][-FURTHEST:]
    ranked = [(_odd(text, block, ways, last=at == len(blocks) - 1), at) for at, block in enumerate(blocks)]
    best, at = max(ranked, default=(0, 0))
    kept = [asked.whole(text, blocks[at])] if best > 0 else _last_prompt(text, ways)
    return asked.without(spans, kept)


def _left(text: str, spans: Sequence[tuple[int, int, int]]) -> list[Span]:
    """The paragraphs that are not taken out, without the labels in front of them."""
    edges = [0, *(edge for start, end, _ in spans for edge in (start, end)), len(text)]
    gaps = [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]
    found = []
    for gap in gaps:
        for start, end in paragraphs(text, *gap):
            marker = next(iter(find_markers(text[start:end][:200])), None)
            begin = start + marker.end if marker and not text[start : start + marker.start].strip() else start
            found.append((min(begin, end), end))
    return found


def _lines(text: str, start: int, end: int) -> list[Span]:
    """Paragraphs, and the single lines of those that are longer than a question."""
    found = []
    for first, last in paragraphs(text, start, end):
        if last - first <= 400:
            found.append((first, last))
            continue
        at = first
        for line in text[first:last].split("\n"):
            found.append((at, at + len(line)))
            at += len(line) + 1
    return found


def _odd(text: str, block: Span, ways: Sequence[Sequence[Span]], *, last: bool) -> int:
    """How little a paragraph fits the pairs and how much it is like a question; above 0: it may well be the one."""
    said = text[slice(*block)]
    if words.count(said) < 2 or words.is_answer(said):
        return 0
    asking = asked.asks_openly(said)
    brief = words.count(said) <= asked.BRIEF and not words.advises(said)
    outside = starting = 0
    for taken in ways:
        at = bisect_right(taken, (block[0], len(text))) - 1
        inside = at >= 0 and taken[at][1] > block[0]
        outside += not inside
        starting += inside and not text[taken[at][0] : block[0]].strip()
    if not outside and starting:
        return 0  # every reading takes it for a prompt with a response
    return 3 * asking + 2 * brief + 3 * bool(outside) + 3 * last - 2 * bool(starting) - 2


def _last_prompt(text: str, ways: Sequence[Sequence[Span]]) -> list[Span]:
    """The beginning of the last pair."""
    start, end = max(taken[-1] for taken in ways)
    first = paragraphs(text, start, end)[:1]
    return [(start, text.find("\n", start, last) if "\n" in text[start:last] else last) for start, last in first]
