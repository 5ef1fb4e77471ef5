"""What stands in the evidence to the letter needs no judgement: every verifier begins here."""

from __future__ import annotations

import re

from guards.grounding.polarity import NEGATION
from guards.grounding.words import content
from guards.types import Claim, Verdict

VERBATIM = 0.99
"""Probability that a claim is supported that stands in the evidence to the letter."""

_KEPT = re.compile(r"[^\W_]|(?<=\d)\.(?=\d)|[<>≤≥±%+=]")
_SENTENCE_END = re.compile(r"[.!?:;]\s|\n\s*\n")


def plain_verdict(claim: Claim) -> Verdict | None:
    """The verdict where there is nothing to compare, or where the claim stands in the evidence; None in all others."""
    if not content(claim.text) or not any(text.strip() for text in claim.evidence):
        return Verdict(label="unsupported", score=0.0, reasons=("no evidence is cited",))
    for index, text in enumerate(claim.evidence):
        if (span := verbatim(claim.text, text)) and not _turned_before(text, span[0]):
            return Verdict(label="supported", score=VERBATIM, evidence=index, support=span)
    return None


def verbatim(claim: str, evidence: str) -> tuple[int, int] | None:
    """Where the claim stands in the evidence to the letter, spacing and hyphenation aside; None if it does not."""
    needle = "".join(_KEPT.findall(claim.lower()))
    kept = [match.start() for match in _KEPT.finditer(evidence)]
    haystack = "".join(evidence[at].lower()[0] for at in kept)
    if not needle or (found := haystack.find(needle)) < 0:
        return None
    return kept[found], kept[found + len(needle) - 1] + 1


def _turned_before(evidence: str, start: int) -> bool:
    """Whether the sentence begins before the words and turns them: "do not" in front of what is quoted."""
    lead = _SENTENCE_END.split(evidence[max(0, start - 300) : start])[-1]
    return bool(NEGATION.search(lead))
