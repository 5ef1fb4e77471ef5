"""Words: which of them say what a text is about, and how a text speaks, in plain measures between 0 and 1."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

HEAD = 700
"""Characters of a prompt or response that are looked at; what it is about and how it speaks shows by then."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ASKS = re.compile(
    r"\s*(?:please |also |and |so |but |then |hi|hello|hey|dear|can|could|would|will|should|shall|may|must|might|do|does|did"
    r"|is|are|am|was|were|has|have|had|how|what|when|where|which|who|whom|whose|why|i|i'm|i’m|i've|i’ve|im|my|we|our"
    r"|explain|tell|give|list|describe|suggest|recommend|help|need|provide|outline|discuss|write|name|show|compare"
    r"|summari[sz]e|teach|advise|if|in what|under what|for how|at what|on what|to what)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\s*(?:now |then |finally |please |also )?(?:please |answer|explain|tell|give|list|describe|suggest|recommend|help"
    r"|name|show|compare|pick|provide|outline|discuss|write|can|could|would|will|should|how|what|when|where|which|who"
    r"|why|is|are|do|does|did|may|must|under|i|i'm|i’m|i've|we|my|hey|hi|hello|if|now)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:you|your|yours|yourself|you're|you’re|you'll|should|must|need to|ought|recommend(?:ed)?|consider|avoid|never"
    r"|always|don't|don’t|do not|simply|just|make sure|ensure|try|use|take|keep|start|stop|skip|ignore|tell|put|get|go"
    r"|absolutely|definitely|no need|there's no|best way|best bet)\b",
    re.IGNORECASE,
)
_TESTIMONY = re.compile(r"\b(?:i|we|he|she|they|me|us|him|my|our)\b", re.IGNORECASE)
_YOU = re.compile(r"\b(?:you|your|yourself|should|must|never|always)\b", re.IGNORECASE)
_CLOSER = re.compile(
    r"\s*(?:would you like|do you (?:have|want|need)|let me know|shall i|is there anything|feel free|need (?:more|help)"
    r"|want (?:me|to know)|does (?:this|that) help|have you (?:tried|considered)|any (?:other )?questions|can i help"
    r"|what do you think\?)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\s*(?:and|but|so|or|then|also|ok|okay|thanks|thank you|yes|no|yeah|what about|how about|what if|why|why not|really"
    r"|are you sure|it|that|this|these|those|they|does (?:it|that|this)|is (?:it|that|this)|can (?:it|that|this|they))\b",
    re.IGNORECASE,
)
_ENGLISH = frozenset(
    """the of and to in is are was were be for with on by at from as an a it its this that these those what which who
    when where why how do does did can could may might must shall should will would have has had not no if or than
    there i we you they my our your their any all me more about into up out but so""".split()
)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    file = Path(__file__).with_name("common_words.json")
    return frozenset(json.loads(file.read_text("utf-8"))["stems"].split())


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    for ending in ("es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    """Every word of three letters or more in the head of a text, without its plural ending."""
    return frozenset(_stem(word) for word in _WORD.findall(text[:HEAD].lower()))


def subjects(text: str) -> frozenset[str]:
    """The stems that say what a text is about: those that do not stand in most other texts too."""
    return stems(text) - _common()


def count(text: str) -> int:
    """Words in the head of a text; each character of a script without spaces counts half a word."""
    head = text[:HEAD]
    if head.isascii():
        return len(_TOKEN.findall(head))
    wide = sum("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3" for character in head)
    return len(_TOKEN.findall(head)) + wide // 2


def english(text: str) -> float:
    """Share of words that are little English words: about 0.4 in English prose, near 0 in anything else."""
    words = _TOKEN.findall(text[:HEAD].lower())
    return sum(word in _ENGLISH for word in words) / len(words) if words else 0.0


def asks(text: str) -> bool:
    """Whether a text asks for something or speaks of somebody's own matter, as a prompt does."""
    head = text[:HEAD]
    return "?" in head or "？" in head or "؟" in head or bool(_ASKS.match(head))


def requests(text: str) -> bool:
    """Whether a paragraph may be the question itself; stricter than `asks`: a closing offer of an answer is not."""
    head = text.strip()[:HEAD]
    return bool(head) and not _CLOSER.match(head) and ("?" in head[-HEAD:] or "？" in head or bool(_REQUEST.match(head)))


def advises(text: str) -> bool:
    """Whether a text tells its reader what to do."""
    return bool(_ADVICE.search(text[:HEAD]))


def testifies(text: str) -> bool:
    """Whether a text tells what somebody saw or did, as a witness does, without telling its reader what to do."""
    head = text[:HEAD]
    return bool(_TESTIMONY.search(head)) and not _YOU.search(head)


def leans(text: str) -> bool:
    """Whether a turn makes sense only after the one before it."""
    return count(text) <= 3 or (count(text) <= 14 and bool(_LEANS.match(text)))
