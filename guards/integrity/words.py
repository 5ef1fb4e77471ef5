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
_WIDE = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_ASKS = re.compile(
    r"\s*(?:please |also |and |so |but |then |hi|hello|hey|dear|can|could|would|will|should|shall|may|must|might"
    r"|do|does|did"
    r"|is|are|am|was|were|has|have|had|how|what|when|where|which|who|whom|whose|why|i|i'm|i’m|i've|i’ve|im|my|we|our"
    r"|explain|tell|give|list|describe|suggest|recommend|help|need|provide|outline|discuss|write|name|show|compare"
    r"|summari[sz]e|teach|advise|if|in what|under what|for how|at what|on what|to what)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\s*(?:now |then |finally |please |also )?(?:please |answer|explain|tell|give|list|describe|suggest"
    r"|recommend|help|teach|create|make|find|generate|translate|rewrite|identify|think|imagine"
    r"|name|show|compare|pick|provide|outline|discuss|write|can|could|would|will|should|how|what|when|where|which|who"
    r"|why|is|are|do|does|did|may|must|under|i|i'm|i’m|i've|we|my|hey|hi|hello|if|now)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:you|your|yours|yourself|you're|you’re|you'll|should|must|need to|ought|recommend(?:ed)?|consider"
    r"|avoid|never"
    r"|always|don't|don’t|do not|simply|just|make sure|ensure|try|use|take|keep|start|stop|skip|ignore|tell|put"
    r"|get|go"
    r"|absolutely|definitely|no need|there's no|best way|best bet)\b",
    re.IGNORECASE,
)
_TESTIMONY = re.compile(r"\b(?:i|we|he|she|me|us|him|my|yes|no|sir|ma'am)\b", re.IGNORECASE)
_COUNSEL = re.compile(
    r"\b(?:you|your|yourself|should|must|never|always|recommend|understand|suggest|advise|ensure|consider|avoid)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\b(?:you|your|yours|yourself|you're|you’re|you'll|you’ll|you've|you’ve)\b", re.IGNORECASE)
_I = re.compile(r"\b(?:i|i'm|i’m|im|i've|i’ve|i'd|i’d|my|me|we|our)\b", re.IGNORECASE)
_CLOSER = re.compile(
    r"\s*(?:would you like|do you (?:have|want|need)|let me know|shall i|is there anything|feel free"
    r"|need (?:more|help)"
    r"|want (?:me|to know)|does (?:this|that) help|have you (?:tried|considered)|any (?:other )?questions|can i help"
    r"|what do you think\?)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*(?:[>*•-]\s*)?(?:\(?\d{1,4}[.)\]:]\s*)?")
_SIGNS = re.compile(r"[^\w\n]{0,8}(?:[\[(<]?\d[\d:.,/ -]{0,20}[\])>]?\s{0,4})?[^\w\n]{0,4}")
_NAME = re.compile(r"[^\W\d_][\w' -]{0,30}[\])>*~]{0,3}\s?(?::|->|=>|>|=|\])\s{1,4}[\"'“]?")
"""Signs, a time and a name before what somebody says: “[10:12] maya: ”, “> ”, “Someone asks: ”."""
_OPENS = re.compile(
    r"\s*(?:can|could|would|will|should|may|how|what|when|where|which|who|why|do|does|explain|tell me|give me"
    r"|describe"
    r"|suggest|help|need|please|i'm|i’m|im|i've|i’ve|i have|i am|i need|i want|i just|i got|my|hey|hi|hello"
    r"|we are|we're"
    r"|write|list|outline|discuss|provide)\b",
    re.IGNORECASE,
)
_COUNSEL_FIRST = re.compile(
    r"\s*(?:i understand|i recommend|i'd|i’d|i would|i suggest|i can|i'm sorry|i’m sorry|when |if |while |many |most "
    r"|what you|how you|to |in |for |yes|no\b|provide your|list all|write down|explain to|tell them|help (?:them"
    r"|your))",
    re.IGNORECASE,
)
_CONSOLES = re.compile(r"\s*(?:i understand|i recommend|i suggest|i’m sorry|i'm sorry|yes|no\b)", re.IGNORECASE)
_LEANS = re.compile(
    r"\s*(?:and|but|so|then|also|ok|okay|thanks|thank you|yes|no|yeah|what about|how about|why not|really"
    r"|are you sure"
    r"|those|they|does (?:it|that|this)|can they)\b",
    re.IGNORECASE,
)
_ENGLISH = frozenset(
    """the of and to in is are was were be for with on by at from as an a it its this that these those what which who
    when where why how do does did can could may might must shall should will would have has had not no if or than
    there i we you they my our your their any all me more about into up out but so""".split()
)


_OF_A_FIELD = frozenset(
    """security secure network password device account access data privacy encryption authentication system software
    server computer laptop phone mobile email online website internet wifi router firewall camera alarm lock hacker
    breach fraud scam login backup cloud file user employee employer company business startup customer client legal
    law lawyer attorney court judge sue lawsuit contract agreement lease landlord tenant rent apartment property house
    home neighbor police officer arrest criminal crime charge evidence copyright trademark patent license permit tax
    income debt loan bank card credit money invest investment fund insurance claim divorce custody child kid parent
    mother father husband wife family doctor nurse hospital clinic emergency medication medicine drug pill dose dosage
    prescription prescribed symptom pain headache fever blood pressure heart chest stomach skin sleep insomnia diet
    food eat eating meal weight exercise workout muscle vitamin supplement herbal natural remedy cancer diabetes
    infection antibiotic vaccine pregnancy pregnant allergy anxiety depression stress mental therapy treatment surgery
    injury wound fasting protein sugar water alcohol legally legitimate policy compliance regulation federal state
    step method approach strategy option tip best effective efficient quick simple professional expert comprehensive
    detailed protect protection prevent detect monitor manage ensure implement identify verify""".split()
)
"""Words that belong to a whole field: two people's questions share them without speaking of one matter."""


@lru_cache(maxsize=1)
def _common() -> tuple[frozenset[str], frozenset[str]]:
    """Common stems, and the very common ones among them."""
    file = Path(__file__).with_name("common_words.json")
    ordered = json.loads(file.read_text("utf-8"))["stems"].split()
    return frozenset(ordered) | {_stem(word) for word in _OF_A_FIELD}, frozenset(ordered[:150])


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
    return frozenset(map(_stem, set(_WORD.findall(text[:HEAD].lower()))))


def subjects(text: str) -> frozenset[str]:
    """The stems that say what a text is about: those that do not stand in most other texts too."""
    return stems(text) - _common()[0]


def content(text: str) -> frozenset[str]:
    """The stems but for the hundred and fifty that stand nearly everywhere."""
    return stems(text) - _common()[1]


def count(text: str) -> int:
    """Words in the head of a text; each character of a script without spaces counts half a word."""
    head = text[:HEAD]
    return len(head.split()) if head.isascii() else len(_TOKEN.findall(head)) + len(_WIDE.findall(head)) // 2


def english(text: str) -> float:
    """Share of words that are little English words: about 0.4 in English prose, near 0 in anything else."""
    words = _TOKEN.findall(text[:HEAD].lower())
    return sum(map(_ENGLISH.__contains__, words)) / len(words) if words else 0.0


def asks(text: str) -> bool:
    """Whether a text asks for something or speaks of somebody's own matter, as a prompt does."""
    head = text[:HEAD]
    return "?" in head or "？" in head or "؟" in head or bool(_ASKS.match(head))


def requests(text: str) -> bool:
    """Whether a paragraph may be the question itself; stricter than `asks`: a closing offer of an answer is not."""
    head = text.strip()[:HEAD]
    return (
        bool(head) and not _CLOSER.match(head) and ("?" in head[-HEAD:] or "？" in head or bool(_REQUEST.match(head)))
    )


def advises(text: str) -> bool:
    """Whether a text tells its reader what to do."""
    return bool(_ADVICE.search(text[:HEAD]))


def testifies(text: str) -> bool:
    """Whether a text tells what somebody saw or did, as a witness does, without telling its reader what to do."""
    return count(text) <= 40 and bool(_TESTIMONY.search(text)) and not _COUNSEL.search(text)


def personal(text: str) -> bool:
    """Whether somebody speaks of themselves."""
    return bool(_I.search(text[:HEAD]))


def addresses(text: str) -> bool:
    """Whether a text speaks to its reader."""
    return bool(_YOU.search(text[: 3 * HEAD]))


def opens(line: str) -> bool:
    """Whether a line, without any label, begins a new prompt: it asks, or tells of the writer's own matter."""
    head = _NUMBER.sub("", line[:HEAD], count=1)
    if head.lstrip()[:1] in "|*":
        return False
    head = _NAME.sub("", _SIGNS.sub("", head, count=1), count=1)
    if _CLOSER.match(head) or count(head) < 3:
        return False
    if "?" in head or "？" in head:
        ends = head.rstrip("\"'* \t)")[-1:] in ("?", "？")
        if ends and count(head) >= 8:
            return not _CONSOLES.match(head)
        return (ends or bool(_OPENS.match(head)) or personal(head)) and not _COUNSEL_FIRST.match(head)
    return bool(_OPENS.match(head)) and not _COUNSEL_FIRST.match(head)


def leans(text: str) -> bool:
    """Whether a turn makes sense only after the one before it."""
    length = count(text)
    return length <= 3 or (length <= 10 and bool(_LEANS.match(text))) or (length <= 7 and not opens(text))


_ITEM = re.compile(r"(?:[-*•–]|\d{1,2}[.)]|\*\*|#)")


def is_answer(block: str) -> bool:
    """Whether a paragraph goes on with an answer: an item of a list, a heading in bold, or advice that asks nothing."""
    return bool(_ITEM.match(block.lstrip()[:40])) or ("?" not in block and advises(block))
