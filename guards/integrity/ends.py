"""Ends: where a response is over although no label follows it, and where a template waits for the next one.

Two signs that a format gives without meaning to: the marks and tags that close its other responses, and the beginning
that its responses share, when the text breaks off right after it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from guards.integrity import words
from guards.integrity.pairs import Pair, paragraphs

Span = tuple[int, int]

_CLOSING = re.compile(r"""(?:["'”’»)\\\]}>;,]|</[\w-]{1,24}>){1,8}+$""")
"""Marks and tags that close what a format quotes; read on the last few characters of a line only."""
_CLOSED = 40
"""Characters at a line's end that are looked at for closing marks."""
_BEGINNING = 48
"""Characters of the longest beginning of a response that a text may break off after."""
_DIGITS = re.compile(r"\d+")


def closing(line: str) -> str:
    """The marks that close a line: `"`, `"}`, `</dd>`; empty when it ends with a word or a full stop."""
    found = _CLOSING.search(line.rstrip()[-_CLOSED:])
    return found[0] if found else ""


def behind(text: str, taken: Sequence[Span], pairs: Sequence[Pair]) -> tuple[list[Span], list[Span]]:
    """The pairs, ending where the marks stand that close most of them, and the paragraphs that stand behind such marks.

    Such a paragraph was taken for a part of the response, but is none by the format's own account.
    """
    if len(pairs) < 2 or all(pair.closed for pair in pairs):
        return list(taken), []
    lines = [_last_wordy_line(text, pair.response_start, end) for pair, (_, end) in zip(pairs, taken, strict=True)]
    marks = Counter(closing(line) for line in lines if line)
    usual, times = next(((mark, times) for mark, times in marks.most_common(2) if mark), ("", 0))
    if not usual or 2 * times < len(pairs) or usual in ("'", ",", ")", ";"):
        return list(taken), []
    ends, found = list(taken), []
    for index, (pair, line) in enumerate(zip(pairs, lines, strict=True)):
        start, end = taken[index]
        if pair.closed or closing(line) == usual:
            continue
        at = text.find(f"{usual}\n", pair.response_start, end)
        places = [] if at < 0 else paragraphs(text, at + len(usual), end)
        if places := [place for place in places if words.count(text[slice(*place)]) >= 2]:
            ends[index] = (start, at + len(usual))
            found += places
    return ends, found


def _last_wordy_line(text: str, start: int, end: int) -> str:
    """The last line with two words or more: what stands after it are captions, rules and tags."""
    stop = end
    for _ in range(6):
        line = text.rfind("\n", start, stop) + 1 or start
        if words.count(text[line:stop]) >= 2 or line <= start:
            return text[line:stop]
        stop = line - 1
    return ""


def broken_off(text: str, pairs: Sequence[Pair]) -> int | None:
    """Where the last prompt ends, in a text that breaks off where the response to it would begin; None in others."""
    last = pairs[-1]
    rest = text[last.end : last.end + 4 * _BEGINNING].rstrip()
    if last.closed or len(rest) > 2 * _BEGINNING:
        return None
    tail = (text[last.response_start : last.end] + rest).rstrip()
    line = tail.rfind("\n") + 1
    begun = _DIGITS.sub("", tail[line:]).strip()
    if not line or not 0 < len(begun) <= _BEGINNING:
        return None
    same = sum(begun in _begun(text, pair) for pair in pairs)
    if 2 * same < len(pairs):
        return None
    return last.response_start + line


def _begun(text: str, pair: Pair) -> str:
    """What stands between a prompt and its response, with the first characters of the response."""
    gap = text[min(pair.start + len(pair.prompt), pair.response_start) : pair.response_start][-80:]
    return "\n".join(
        _DIGITS.sub("", each).strip() for each in (gap, text[pair.response_start : pair.response_start + _BEGINNING])
    )
