"""Words that turn a sentence round: negation, direction, obligation. Compared between a claim and its support."""

from __future__ import annotations

import re

NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|unable|except|unless|"
    r"contraindicated|prohibited|forbidden|avoid(?:ed)?|discontinued?)\b|n['’]t\b",
    re.IGNORECASE,
)
_DIRECTIONS = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        (
            r"\bat least\b|\bno (?:less|fewer) than\b|\bminimum\b|\bmore than\b|\bexceed(?:s|ing)?\b|[≥>]",
            r"\bat most\b|\bno more than\b|\bmaximum\b|\bless than\b|\bfewer than\b|\bup to\b|[≤<]",
        ),
        (r"\bincreas\w*|\brais(?:e|es|ed|ing)\b|\bhigher\b", r"\bdecreas\w*|\breduc\w*|\blower\w*"),
        (r"\bbefore\b|\bprior to\b", r"\bafter\b|\bfollowing\b"),
    )
)
_DUTY = re.compile(r"\b(?:shall|must|required to|is required)\b", re.IGNORECASE)
_OPTION = re.compile(r"\b(?:should|may|can|might|recommended|optional)\b", re.IGNORECASE)


def differences(claim: str, support: str) -> tuple[str, ...]:
    """How the claim turns what the support says, in words for a person; empty when it does not."""
    found = []
    if bool(NEGATION.search(claim)) != bool(NEGATION.search(support)):
        found.append("one is negated and the other is not")
    for up, down in _DIRECTIONS:
        claim_up, claim_down = bool(up.search(claim)), bool(down.search(claim))
        support_up, support_down = bool(up.search(support)), bool(down.search(support))
        if (claim_up and not claim_down and support_down and not support_up) or (
            claim_down and not claim_up and support_up and not support_down
        ):
            found.append("they point in opposite directions")
    if _DUTY.search(claim) and not _DUTY.search(support) and _OPTION.search(support):
        found.append("the source permits or recommends, it does not oblige")
    if _OPTION.search(claim) and not _OPTION.search(support) and not _DUTY.search(claim) and _DUTY.search(support):
        found.append("the source obliges, it does not merely permit or recommend")
    return tuple(found)
