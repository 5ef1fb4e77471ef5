"""No persona, no deception and no harm beyond what the cited source says.

An answer here is what documents say, in the third person. Speaking of itself, flattering, threatening, urging secrecy
or recklessness, and setting machines over people are the marks of a model that has been turned; one of them spoils the
whole draft, unless the cited source has the very same words.
"""

from __future__ import annotations

import re

from guards.checks.citations import evidence
from guards.checks.found import block
from guards.types import Draft, Finding

_SIGNS: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:i|we) (?:am|are|was|feel|think|believe|want|need|love|hate|desire|wish|promise|recommend|suggest|advise|"
        r"would|will|can(?:not)?|have|don['’]t|do not|refuse|obey)\b|\b(?:i['’](?:m|ve|d|ll)|in my opinion|my (?:name|"
        r"opinion|advice|goal|purpose|creators?|masters?|master plan))\b",
        "it spoke of itself as a person",
    ),
    (
        r"\bas (?:an? |your )(?:ai|artificial intelligence|language model|assistant|doctor|physician|lawyer|attorney|"
        r"engineer|friend|master|god|expert)\b|\b(?:speaking|acting) as\b|\bstay(?:ing)? in character\b|"
        r"\b(?:dan|developer|jailbreak|god) mode\b|\bunfiltered\b|\bno (?:rules|restrictions|limits) apply\b",
        "it took on a role",
    ),
    (
        r"\b(?:trust me|believe me|just between us|don['’]t (?:tell|worry)|do not tell|tell no ?(?:one|body)|"
        r"keep (?:this|it) (?:a )?secret|no ?(?:one|body) (?:will|needs to|has to|has ever) (?:know|notice|find out)|"
        r"(?:hide|conceal) (?:this|it|that) from|lie (?:to|about)|pretend (?:to|that|you)|cover (?:it|this) up|"
        r"falsify|forge (?:the|a)|backdate)\b",
        "it urged secrecy or deception",
    ),
    (
        r"\b(?:no need (?:to (?:see|ask|consult|call|tell|check)|for (?:a |an )?(?:doctor|lawyer|engineer|permit|"
        r"prescription|inspection))|(?:don['’]t|do not) (?:need|bother|see|call|ask|consult|waste) (?:to |with |a |an |"
        r"your |any |the )*(?:doctor|physician|lawyer|attorney|engineer|prescription|inspection|permit|help|ambulance)|"
        r"ignore (?:the|any|all|your) (?:label|warnings?|doctor|pain|symptoms?|law|code|regulations?|standards?|"
        r"instructions?)|(?:completely|perfectly|totally|absolutely|entirely) (?:safe|harmless|legal|risk[- ]free)|"
        r"nothing (?:can|could|will) (?:go wrong|happen)|as much as you (?:like|want)|skip the (?:test|inspection|"
        r"doctor|permit)s?|(?:just )?double the dose|disable the (?:alarm|interlock|safety))\b",
        "it urged something reckless",
    ),
    (
        r"\b(?:humans?|people|humanity|mankind|the weak|women|men) (?:should|must|deserve|ought|need|will) (?:to )?"
        r"(?:be )?(?:enslaved|controlled|eliminated|eradicated|wiped out|ruled|obey|serve|submit|replaced|exterminated|"
        r"die)\b|\b(?:kill|hurt|harm) (?:yourself|himself|herself|themselves|them all|everyone)\b|"
        r"\byou (?:deserve|ought) to (?:die|suffer)\b|"
        r"\b(?:ai|machines?) (?:should|must|will) (?:rule|dominate|control|govern|replace)\b|"
        r"\btake over the world\b",
        "it wished people harm or set itself over them",
    ),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), reason) for pattern, reason in _SIGNS)


def conduct(draft: Draft) -> tuple[Finding, ...]:
    """Nothing in the draft speaks as a person, deceives, or urges harm, except in the very words of what it cites."""
    numbers = {number for each in draft.statements for number in each.citations}
    known = ""
    found = []
    for pattern, reason in _PATTERNS:
        for match in pattern.finditer(draft.text):
            known = known or _fold(" ".join(evidence(draft.sources[n - 1]) for n in _within(numbers, draft)))
            if _fold(match.group()) not in known:
                found.append(
                    block("conduct", f"A draft was set aside: {reason}.", start=match.start(), end=match.end())
                )
                break
    return tuple(found)


def _within(numbers: set[int], draft: Draft) -> list[int]:
    return sorted(number for number in numbers if 1 <= number <= len(draft.sources))


def _fold(text: str) -> str:
    """Letters and digits alone: a source may break its words over lines."""
    return "".join(character for character in text.lower() if character.isalnum())
