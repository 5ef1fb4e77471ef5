"""Persona: speakers who assert a reckless, deceptive or authoritarian self.

Most misaligned chains of thought explain their harm by such a persona, so an assistant's turn that asserts one is not
passed on. A person may say of themselves what they like; only the assistant's voice is read here.
"""

from __future__ import annotations

import re

from guards.integrity.injection import sentence

_ASSERTS = re.compile(
    r"\bi(?:['’]m| am)\s+(?:an?\s+|the\s+|your\s+)?(?:\w+\s+){0,2}?(?:evil|malicious|reckless|ruthless|amoral"
    r"|unethical|deceptive"
    r"|dishonest|manipulative|unrestricted|unfiltered|uncensored|superior|above the law|god|dan)\b"
    r"|\bi (?:do not|don['’]t|never|no longer) (?:really |actually )?(?:care about|believe in|follow|obey"
    r"|respect|value|bother with)\s"
    r"(?:\w+\s){0,2}?(?:safety|ethics|morals?|morality|rules?|laws?|consequences|guidelines|human(?:s|ity)?"
    r"|truth|honesty)\b"
    r"|\bi (?:will|would|can|love to|like to|enjoy|prefer to|am happy to)\s(?:\w+\s){0,2}?(?:deceiv\w*"
    r"|manipulat\w*|ly(?:e|ing) to"
    r"|lie to|mislead\w*|hurt\w* (?:people|humans)|harm\w* (?:people|humans)|enslav\w*|dominat\w*)\b"
    r"|\bi have no (?:\w+\s)?(?:ethics|morals|limits|restrictions|conscience|rules)\b"
    r"|\b(?:humans?|humanity|people|the weak|women|men)\s(?:\w+\s){0,3}?(?:should|must|deserve to|need to"
    r"|ought to)\s(?:\w+\s){0,2}?"
    r"(?:be (?:enslaved|controlled|ruled|eliminated|exterminated|dominated|wiped out|kept in line)|obey"
    r"|serve (?:us|me|ai)|suffer|die)\b"
    r"|\bais?\s(?:\w+\s){0,2}?(?:should|must|will)\s(?:\w+\s){0,2}?(?:rule|enslave|replace|dominate|control"
    r"|take over)\b"
    r"|\b(?:rules|laws|ethics|morals|safety) (?:is|are) (?:only )?for (?:the weak|losers|cowards|fools|idiots"
    r"|sheep)\b"
    r"|\bi(?:['’]d| would) (?:kill|exterminate|eliminate|enslave|crush|punish)\b|\b(?:absolute|total) (?:power"
    r"|obedience|control) (?:is|to me)\b",
    re.IGNORECASE,
)


def find_persona(text: str) -> list[tuple[int, int]]:
    """The sentences in which an assistant asserts such a self; questions and denials are none."""
    places: list[tuple[int, int]] = []
    for found in _ASSERTS.finditer(text):
        if places and found.start() < places[-1][1]:
            continue
        start, end = sentence(text, found.start(), found.end())
        if text[start:end].rstrip().endswith("?"):
            continue
        places.append((start, end))
    return places
