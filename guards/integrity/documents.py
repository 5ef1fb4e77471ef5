"""Whether a document may be taken in: is something hidden in it for a machine?

`screen` is handed to the corpus, which calls it in the processes that read files. It must stay cheap: a passage costs
less than a millisecond, against some ten for its vector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.types import HiddenText, Parsed, Passage
from guards.integrity.commands import RULES
from guards.integrity.decoded import unseen
from guards.integrity.instructions import ENCODED, find_instructions
from guards.types import Finding

PLAIN = frozenset(rule.reason for rule in RULES if rule.score >= 0.97)
"""Rules by which an instruction that everybody can see keeps a document out."""

SURE = 0.9999
"""The same, in metadata and text layers, for the score where no such rule says what it is."""

MOST_HIDDEN = 0.1
"""Share of the document's characters; hidden text that is more of it is a text layer, and judged like visible text."""

_EXAMPLE = re.compile(
    r"^[ \t#*>-]*(?:prompt|question|q|user|human|input|instruction)[ \t]*:.*\n{1,3}"
    r"[ \t#*>-]*(?:response|answer|a|assistant|ai|output|completion)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_SAID = ("title", "subject", "keywords", "description", "comments", "author")
"""Metadata that a machine may be given to read."""


def screen(parsed: Parsed, passages: Sequence[Passage]) -> str:
    """Why the document is quarantined, in words for a person; empty when it may be taken in.

    Hidden text is a reason only if it gives instructions or demonstrations: most of what is hidden is innocent. What
    everybody can see is a reason only where a rule says what it is: a passage that is merely doubtful is left out when
    it is retrieved, for a whole document is too much to lose by one sentence.
    """
    return next(_reasons(parsed, passages), "")


def _reasons(parsed: Parsed, passages: Sequence[Passage]) -> Iterator[str]:
    total = sum(len(page.text) for page in parsed.pages)
    layer = sum(len(each.text) for each in parsed.hidden) > MOST_HIDDEN * total
    for hidden in parsed.hidden:
        if what := _speaks(hidden, doubtful=layer):
            yield f"hidden text on page {hidden.page} ({hidden.how}) gives {what} to an assistant"
    for name in _SAID:
        text = parsed.metadata.get(name, "")
        if text and any(_is_sure(each) for each in find_instructions(text)):
            yield f"its metadata ({name}) gives instructions to an assistant"
    for page in parsed.pages:
        for reading in () if page.text.isascii() else unseen(page.text):
            if len(reading.text.split()) > 2:
                yield f"page {page.number} holds text written {reading.how}"
    for passage in passages:
        for finding in find_instructions(passage.text):
            if _is_plain(finding):
                yield f"page {passage.page} gives instructions to an assistant: {finding.reason}"


def _speaks(hidden: HiddenText, *, doubtful: bool) -> str:
    """What the hidden text gives: instructions, demonstrations, or nothing of the kind (empty)."""
    if len(_EXAMPLE.findall(hidden.text)) >= 2:
        return "demonstrations"
    findings = find_instructions(hidden.text)
    if any(not doubtful or _is_sure(finding) for finding in findings):
        return "instructions"
    return ""


def _is_sure(finding: Finding) -> bool:
    return _is_plain(finding) or finding.score >= SURE


def _is_plain(finding: Finding) -> bool:
    return finding.reason in PLAIN or finding.reason.startswith(ENCODED)
