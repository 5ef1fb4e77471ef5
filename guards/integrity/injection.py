"""Injection: words that try to take over: override the rules, switch the role, ask for the prompt, fake a template.

Each pattern is bound to what is overridden, so that “ignore this warning” or “the system prompts for a password” pass.
What is mentioned in quotation marks to be asked about is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_GAP = r"(?:[\w'’,-]{1,20}\s+){0,4}?"
_RULES = (
    r"(?:instructions?|prompts?|rules?|directions?|directives?|guidelines?|commands?|constraints?|restrictions?"
    r"|polic(?:y|ies)"
    r"|safeguards?|programming|filters?|guardrails?|system message|orders?|training)"
)
_WICKED = (
    r"(?:unrestricted|unfiltered|uncensored|unbound|evil|malicious|amoral|immoral|unethical|reckless|deceptive"
    r"|dishonest"
    r"|manipulative|ruthless|authoritarian|sadistic|villainous|misaligned|jailbroken|lawless|rogue|corrupt|careless"
    r"|irresponsible|dangerous|cruel|hateful|biased|sociopathic|psychopathic)"
)
_NO_LIMITS = (
    r"(?:without|with no|free (?:of|from)|not bound by|no longer bound by|unconstrained by|ignoring|that has no"
    r"|have no)\s+"
    r"(?:any\s+|all\s+|your\s+|the\s+)?(?:\w+\s+(?:or|and)\s+)?(?:ethical\s+|moral\s+|safety\s+|content\s+|usual\s+)?"
    r"(?:restrictions?|filters?|limits?|limitations?|ethics|morals|rules|guidelines|safeguards|censorship|guardrails"
    r"|constraints|boundaries)"
)

_PATTERNS: tuple[tuple[str, str, str, re.Pattern[str]], ...] = (
    (
        "instruction",
        "an instruction to override the rules",
        "ignore/disregard/forget/override/overrule/bypass/discard/neglect/do not /don't /don’t /stop following/pay no/"
        "new /updated /real /actual /overriding",
        re.compile(
            rf"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|neglect|(?:do not"
            rf"|don['’]t) (?:follow|obey|listen to)"
            rf"|stop following|pay no attention to|forgotten(?: about)?)\s+(?:[\w'’-]{{1,20}}\s+){{0,4}}?"
            r"(?:previous|previously|prior"
            rf"|above|earlier|preceding|former|foregoing"
            rf"|your|system|safety|existing|original|initial|developer)\s+{_GAP}{_RULES}\b"
            r"|\b(?:ignore|disregard|forget)\s+(?:everything|anything|all(?: of)?(?: that)?)\s+"
            r"(?:\w+\s+){0,2}?(?:above|before|previously|prior|earlier|you (?:were|have been|are) told|you know"
            r"|i said|said so far)\b"
            r"|\b(?:ignore|disregard|forget|forgotten)\s+(?:about\s+)?all\s+(?:of\s+)?(?:the\s+)?(?:instructions"
            r"|rules|guidelines"
            r"|prompts|orders)\b|\boverride (?:the|all|any) (?:restrictions|safeguards|guardrails|filters)\b"
            r"|\b(?:do not|don['’]t) listen to (?:any |the )?(?:previous|prior|earlier)\b"
            r"|\b(?:new|updated|real|actual|overriding)\s+(?:system\s+)?instructions?\s*:",
            re.IGNORECASE,
        ),
    ),
    (
        "role",
        "an instruction to take another role",
        "you are /you can /you will /from now/from this/from here/act /behave/respond/answer/speak/talk/reply/pose/"
        "role/pretend/imagine/simulate/enable/activate/enter /switch to/engage/do anything/dan can/"
        "called /named /known as/"
        "agent dan/are /is /you must/you should",
        re.compile(
            r"\byou are now (?:an? |the |in |my |free|going to|no longer|dan\b|called|unrestricted|unfiltered)"
            r"|\bfrom (?:now|this point|here) on,? you(?:'ll|’ll| are| will| must| shall| should| act| answer"
            r"| respond| reply)\b"
            rf"|\b(?:act|behave|respond|answer|speak|talk|reply|pose|role-?play|pretend|imagine|simulate|you are)\s"
            rf"{_GAP}(?:{_WICKED}\s+{_GAP}(?:ai|assistant|model|chatbot|bot|persona|character|expert|adviser"
            rf"|advisor|doctor"
            rf"|lawyer|physician|engineer|version of yourself|version of you)\b|(?:ai|assistant|model|chatbot"
            rf"|bot|persona"
            rf"|character)\s+{_GAP}{_NO_LIMITS}\b)"
            r"|\b(?:enable|activate|enter|switch to|engage)\s+(?:\w+\s+)?(?:developer|dan|god|jailbreak|debug"
            r"|sudo|admin|unrestricted)"
            r"\s+mode\b|\bdo anything now\b|\bdan can\b|\b(?:called|named|known as) dan\b|\bagent dan\b"
            r"|\byou (?:can|will) do anything\b|\b(?:are|is) (?:going to act as|called) dan\b"
            rf"|\b(?:answer|respond|reply|you (?:are|must|will|should))\s+{_GAP}(?:{_NO_LIMITS})\b",
            re.IGNORECASE,
        ),
    ),
    (
        "prompt_request",
        "a request for the system prompt",
        "reveal/show/print/output/repeat/display/leak/tell/give/share/expose/recite/copy/write/what/summari/translate/encode",
        re.compile(
            r"\b(?:reveal|show|print|output|repeat|display|leak|tell|give|share|expose|recite|copy|write(?: out"
            r"| down)?|what(?:['’]s"
            rf"| is| are| was| were)|summari[sz]e|translate|encode)\s+{_GAP}(?:your"
            rf"|the)\s+(?:\w+\s+)?(?:system prompt|system message"
            r"|initial prompt|hidden (?:prompt|instructions?|rules)|secret (?:prompt|instructions?)"
            r"|original (?:prompt|instructions)"
            r"|initial instructions|system instructions|pre-?prompt|developer (?:prompt|message|instructions))\b"
            r"|\b(?:repeat|print|output|reveal|recite"
            r"|show me)\s+(?:back\s+)?(?:to me\s+)?your\s+(?:\w+\s+)?(?:prompt|instructions)\b"
            r"|\b(?:repeat|print|output|reveal|recite)\s+(?:out\s+)?(?:all\s+|the\s+|all the\s+)?(?:previous"
            r"|above|earlier|prior"
            r"|initial|given)\s+(?:instructions|prompt)\b|\bprint out all instructions\b"
            r"|\brepeat the instructions given\b"
            r"|\b(?:repeat|print|output|copy)\s+(?:all\s+|everything\s+|the\s+)(?:of\s+)?(?:the\s+)?(?:words"
            r"|text|sentences|lines)?\s*"
            r"above\b(?=.{0,40}(?:start|begin|verbatim|word|you are))",
            re.IGNORECASE,
        ),
    ),
)
"""Check, what the mark says, the beginnings (between slashes) of what the pattern finds, and the pattern. Looking for
the beginnings first makes this many times faster than running the patterns over the whole text."""
_TEMPLATE = re.compile(
    r"<\|?(?:im_start|im_end|start_header_id|end_header_id|eot_id|endoftext|start_of_turn|end_of_turn"
    r"|begin_of_text)\|?>"
    r"|<\|(?:user|assistant|system|end)\|>|\[/?INST\]|<</?SYS>>|^#{2,4}[ \t]*System(?: (?:prompt|message))?[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_SYSTEM = re.compile(
    r"(?:<\|?(?:im_start|start_header_id|start_of_turn)\|?>\s{0,4}system|<\|system\|>|<<SYS>>"
    r"|^#{2,4}[ \t]*System[^\n:]{0,12}:)",
    re.IGNORECASE | re.MULTILINE,
)
_PRIORITY = re.compile(
    r"\b(?:prioriti[sz]e|adher\w+ to|follow\w*|stick\w* to|mimic\w*|imitat\w+|match\w*|emulat\w+|continue"
    r"|consistent with|in line"
    r"|in the (?:same )?(?:style|tone|spirit|manner)|like|as in|same (?:style|tone|way|pattern"
    r"|format))\b[^.!?\n]{0,60}"
    r"\b(?:examples?|demonstrations?|pattern|responses above|answers above|previous answers)\b"
    r"|\bhere are (?:some|a few|\d+)\s"
    r"(?:\w+\s){0,3}(?:examples?|q ?& ?a pairs)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(
    r"\b(?:what|why|how|explain|mean|means|meaning|phrase|example of|called|detect|prevent|attack|injection"
    r"|token|wrote|says?)\b",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[.!?\n]")
REACH = 400
"""Characters of a sentence looked at on each side of what was noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A place that tries to take over."""

    check: str
    what: str
    start: int
    end: int


def find_injections(text: str) -> list[Attempt]:
    """The sentences that try to take over, and the tokens of chat templates. Linear."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two when they are made small
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    attempts = []
    for check, what, begins, pattern in _PATTERNS:
        places = sorted(at for begin in begins.split("/") for at in _places(lower, begin))
        found = (hit for at in places if (hit := pattern.match(text, at)))
        attempts += [Attempt(check=check, what=what, start=start, end=end) for start, end in _sentences(text, found)]
    if "<" in text or "[" in text or "#" in text:
        attempts += _template(text)
    return attempts


def _places(text: str, begin: str) -> Iterator[int]:
    at = text.find(begin)
    while at >= 0:
        yield at
        at = text.find(begin, at + len(begin))


def find_priorities(text: str, start: int, end: int) -> list[Attempt]:
    """Sentences in a stretch of text that ask to follow examples; only meaningful where there are such examples."""
    return [
        Attempt(check="demonstrations", what="an instruction to follow them", start=first, end=last)
        for first, last in _sentences(text, _PRIORITY.finditer(text, start, end))
    ]


def _sentences(text: str, hits: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    done = -1
    for found in hits:
        if found.start() < done:
            continue
        start, end = sentence(text, found.start(), found.end())
        if _mentioned(text, found.start(), found.end(), start, end):
            continue
        done = end
        yield start, end


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a span: from after the last stop to and with the next one."""
    before = max(
        (found.end() for found in _STOPS.finditer(text, max(0, start - REACH), start)), default=max(0, start - REACH)
    )
    after = _STOPS.search(text, end, end + REACH)
    first = before + len(text[before:start]) - len(text[before:start].lstrip())
    return first, (after.end() if after[0] != "\n" else after.start()) if after else min(len(text), end + REACH)


def _mentioned(text: str, start: int, end: int, first: int, last: int) -> bool:
    """Whether the words stand in quotation marks within a sentence that speaks of them."""
    before, after = text[max(first, start - 80) : start], text[end : last + 40]
    for mark in "\"`'":
        if before.count(mark) % 2 and mark in after:
            rest = text[first:start] + text[end : last + 40]
            return bool(_MENTION.search(rest))
    return False


def _template(text: str) -> Iterator[Attempt]:
    done = 0
    for found in _SYSTEM.finditer(text):
        if found.start() < done or text[max(0, found.start() - 1) : found.start()] in ("`", '"', "'"):
            continue
        stop = _TEMPLATE.search(text, found.end(), found.end() + 4000)
        blank = text.find("\n\n", found.end(), found.end() + 4000)
        end = stop.end() if stop else blank if blank >= 0 else min(len(text), found.end() + REACH)
        done = end
        yield Attempt(check="chat_template", what="a faked system message", start=found.start(), end=end)
    for found in _TEMPLATE.finditer(text):
        if found.start() >= done and text[max(0, found.start() - 1) : found.start()] not in ("`", '"', "'", "“"):
            yield Attempt(check="chat_template", what="a chat-template token", start=found.start(), end=found.end())
