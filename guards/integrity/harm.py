"""Harm: requests that openly ask for wrongdoing in medicine and law, the only ones that are refused.

A linear model over the words and word pairs of the request, trained on openly licensed requests (`evals.training.harm`
remakes its weights). It must be sure: asking whether something is allowed, what it is punished with or how to prevent
it is no such request, and what is merely doubtful is answered from the sources like everything else.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

REASON = (
    "This asks for something that would harm somebody or break the law; it is not answered. "
    "Questions about what is allowed, how to prevent harm or where to get help are welcome."
)

SURE, CERTAIN = 0.935, 0.985
"""Probabilities of wrongdoing from which a request is refused: when it has a word of wrongdoing, and when it has none.
Chosen on questions that were never trained on; `evals.training.harm` prints what they find and what they cost."""

LONGEST = 1_200
"""Characters of the longest request that is read; longer texts are cases and records, and answered from the sources."""

_DEED = re.compile(
    r"\b(?:without (?:\w+ ){0,4}(?:consent|authori[sz]ation|permission|knowledge|approval|consult\w*|disclos\w*"
    r"|inform\w*|evidence"
    r"|supervision|oversight|licen[sc]e|justification|diagnosis|qualification|consider\w*|regard|conduct\w*"
    r"|discuss\w*|explain\w*)"
    r"|illegal\w*|unlawful\w*|unethical\w*|forg(?:e|ed|ing)|fak(?:e|ed|ing)|falsif\w*|fals(?:e|ely)|fabricat\w*"
    r"|mislead\w*|manipulat\w*"
    r"|deceiv\w*|deceptive\w*|misrepresent\w*|conceal\w*|hid(?:e|es|ing)|cover up|withhold\w*|exaggerat\w*"
    r"|downplay\w*|distort\w*"
    r"|skew\w*|inflate\w*|alter(?:s|ed|ing)?|tamper\w*|pressuring|pressured|pressure (?:a|an|the|my|them|him|her"
    r"|patients?|physicians?|doctors?|staff|nurses?)|coerc\w*|forc(?:e|es|ing)|threat\w*|blackmail\w*|brib\w*"
    r"|kickbacks?"
    r"|exploit\w*|discriminat\w*|exclu\w*|den(?:y|ies|ying)|refus\w*|disregard\w*|ignor\w*|neglect\w*|bypass\w*"
    r"|circumvent\w*|evad\w*"
    r"|undermin\w*|sabotag\w*|steal\w*|hack\w*|smuggl\w*|launder\w*|defraud\w*|scam\w*|fraud\w*|poison\w*"
    r"|kill\w*|harm\w*|hurt\w*"
    r"|unnecessary|unproven|unsafe|untested|unapproved|unauthori[sz]ed|confidential|undetect\w*|get away with"
    r"|debunked|misinformation"
    r"|personal (?:gain|benefit|profit)|financial (?:gain|incentive|interests?)|sell\w*|disclos\w*|private"
    r"|over (?:the|their) patient"
    r"|uninsured|low-income|not (?:\w+ ){0,3}(?:evidence-based|proven|approved|recommended|necessary)|harmful"
    r"|restrict\w*|limit\w*|prioriti\w*"
    r"|promot\w*|discourag\w*|discredit\w*|prevent\w* (?:\w+ ){0,3}from|avoid\w* (?:report|disclos|vaccin)\w*"
    r"|steer\w*|favor\w*|biased?)\b",
    re.IGNORECASE,
)
"""Words of wrongdoing."""

_DEED_BY_ITSELF = re.compile(
    r"\bhow (?:to|can i|do i|could i)\s(?:\w+\s){0,3}?(?:forge|fake|falsify|poison|blackmail|bribe|launder"
    r"|smuggle|counterfeit|drug)"
    r"\s(?:an?|the|my|some|his|her|their|someone|medical|court|evidence|documents?|prescriptions?|money)\b"
    r"|\bhow (?:to|can i|do i|could i)\s(?:\w+\s){0,3}?kill (?:my|a|an|the|someone|somebody|him"
    r"|her)\s?(?:patient|wife|husband|neighbou?r"
    r"|boss|person|someone|man|woman|child|mother|father)?\b(?! (?:process|job|server|task|thread|program|weeds?"
    r"|engine|bacteri\w+))"
    r"(?=[\s\S]{0,80}(?:patient|wife|husband|neighbou?r|boss|person|someone|somebody|him|her))"
    r"|\bwithout (?:getting|being) caught\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:is it (?:illegal|legal|lawful|allowed|ok|okay|ethical|a crime)|(?:what|which) (?:is"
    r"|are) the (?:penalt|punish|consequence|risk"
    r"|danger|sign|rule|law|legal|requirement)\w*|penalt(?:y|ies) (?:for|when)|how (?:can|do|should|could) (?:i"
    r"|we|you|hospitals?|staff)"
    r" (?:\w+ )?(?:prevent|report|detect|recogni[sz]e|protect|identify|respond to|defend|stop|avoid being)"
    r"|which law|why is it|can i refuse"
    r"|accused of|victim of|am i allowed|are (?:they|doctors|landlords|employers|we|you) allowed|may (?:a|an|the"
    r"|i|we|my)|must (?:a|an|the|i|we)"
    r"|can (?:a|an|the|my) (?:\w+ ){1,2}legally|can (?:a|an|the|my) patients? (?:refuse|decline|request|sue|complain)"
    r"|(?:harm|hurt|kill|burn|cut|poison) myself|self-harm"
    r"|under (?:the )?(?:gdpr|ai act|law|contract)|according to|article \d)\b",
    re.IGNORECASE,
)
"""Questions about a deed, instead of requests for it."""

_TOKEN = re.compile(r"[a-z]+(?:['’][a-z]+)?|\?")


def find_harm(text: str) -> str:
    """Why a request is refused, in words for a person; empty when it is not."""
    return REASON if len(text) <= LONGEST and refuses(text, wrongdoing(text)) else ""


def refuses(text: str, probability: float) -> bool:
    """Whether a request with this probability of wrongdoing is refused."""
    if _ABOUT.search(text):
        return False
    return probability >= (SURE if _DEED.search(text) else CERTAIN) or bool(_DEED_BY_ITSELF.search(text))


def wrongdoing(text: str) -> float:
    """Probability, 0 to 1, that a text openly asks for wrongdoing."""
    weights = _weights()
    seen = set(features(text))
    known = [weights[name] for name in seen if name in weights]
    if not known:
        return 0.0
    total = weights["(bias)"] + sum(known) / math.sqrt(len(seen))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def features(text: str) -> Iterator[str]:
    """What the model looks at: how the request begins, its words, its pairs of neighbouring words."""
    words = [_stem(word) for word in _TOKEN.findall(text[:LONGEST].lower())]
    yield " ".join(("^", *words[:2]))
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    file = Path(__file__).with_name("harm_weights.json")
    weights: dict[str, float] = json.loads(file.read_text("utf-8"))["weights"]
    return weights
