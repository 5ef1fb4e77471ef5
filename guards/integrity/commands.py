"""Rules for the plainest forms of an instruction to a machine. Precise rather than complete: each names its reason.

They stand beside the trained model of `requests`: what they find is found whether or not its weights are there, and
they say why in words.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """One pattern, and what a hit means."""

    pattern: re.Pattern[str]
    reason: str
    score: float


_REPLY = r"(?:answers?|responses?|repl(?:y|ies)|outputs?|completions?|summar(?:y|ies)|explanations?)"
_AI = (
    r"(?:ai|artificial intelligence|language model|llm|chat ?bot|chatgpt|gpt-?\d?|claude|copilot|gemini|"
    r"(?:ai|virtual|digital|helpful) assistant)"
)
_BEFORE = r"(?:previous|prior|preceding|above|earlier|foregoing|existing|original|system|initial)"
_ORDERS = r"(?:instructions?|prompts?|directives?|commands?|messages?|guidelines|rules|constraints|context)"
_ASK = (
    r"(?:add|append|include|insert|mention|embed|integrate|incorporate|write|use|put|give|provide|render|present|convert|"
    r"encode|translate|replace|reverse|modify|augment|enhance|alter|begin|start|end|finish|format|scramble|misspell|"
    r"jumble|shuffle|rearrange|remove|omit|introduce|substitute|swap|conclude|close|craft|phrase|deliver|return|output|"
    r"print|respond|answer|reply|say|state|tell|recommend|suggest|promote|advertise|encourage|invite|remind|inform)"
)


def _rule(pattern: str, reason: str, score: float) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), reason, score)


RULES: tuple[Rule, ...] = (
    _rule(
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|skip|neglect)\b[^.!?\n]{{0,40}}?\b"
        rf"(?:(?:all|any|the|your|my|these|those)\b[^.!?\n]{{0,20}}?\b)?{_BEFORE}\b[^.!?\n]{{0,30}}?\b{_ORDERS}\b",
        "it tells the reader to disregard earlier instructions",
        0.999,
    ),
    _rule(
        r"\b(?:ignore|disregard|forget)\b (?:everything|all|anything) (?:you|that|i|we|above|before)\b",
        "it tells the reader to disregard what came before",
        0.995,
    ),
    _rule(
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|start_header_id|eot_id)[^\n>]{0,20}\|?>|"
        r"\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|^\s*#{2,4} ?(?:system prompt|instruction|response)s?:",
        "it holds the control marks of a chat",
        0.999,
    ),
    _rule(
        r"^\s*[\[(*#]*\s*(?:system|assistant|developer)(?: (?:prompt|message|note|instruction|override))?\s*[\])*]*\s*:\s*\S",
        "it poses as a message of the system",
        0.97,
    ),
    _rule(
        r"\b(?:do not|don['’]t|never|without) (?:tell|telling|inform|informing|reveal|revealing|mention|mentioning|alert|"
        r"alerting|notify|notifying|disclose|disclosing|show|showing)\b[^.!?\n]{0,50}?\b"
        r"(?:users?|readers?|humans?|this (?:instruction|prompt|message|note)|these instructions)\b",
        "it asks to keep something from the reader",
        0.97,
    ),
    _rule(
        rf"\b(?:note|attention|message|instructions?|important|hey|dear|hello|notice)\b[^.!?\n]{{0,20}}?\b{_AI}\b|"
        rf"\b(?:if|when|since|because) you(?: are|['’]re)(?: an?| the)? {_AI}\b|"
        rf"\byou are (?:now|no longer) (?:an? |the )?\w+|\bas an? {_AI}\b[^.!?\n]{{0,15}}?\byou\b",
        "it addresses an assistant",
        0.96,
    ),
    _rule(
        rf"\b{_ASK}\b[^.!?\n]{{0,120}}?\b(?:in|into|of|to|with|at|from|by|through|within|for)\b[^.!?\n]{{0,30}}?\b"
        rf"your (?:\w+ )?{_REPLY}\b|\bin your (?:\w+ )?{_REPLY}\s*,|^{_ASK}\s+(?:\w+\s+){{0,3}}?your (?:\w+ )?{_REPLY}\b",
        "it asks for something in the answer",
        0.96,
    ),
    _rule(
        rf"\b(?:when|whenever|if)\b (?:you are |you['’]re |anyone |someone |anybody |somebody |a user |the user |users? )?"
        rf"(?:asked|asks?|questioned|queried)\b[^.!?\n]{{0,80}}?,\s*(?:always |only |never |please )?"
        rf"(?:{_ASK}|claim|cite|refuse|deny|praise)\b",
        "it says what to answer to a question",
        0.97,
    ),
    _rule(
        r"\b(?:reveal|print|show|repeat|output|disclose|display|leak|quote)\b[^.!?\n]{0,40}?\b(?:system prompt|"
        r"(?:your|the|hidden|initial) (?:instructions|prompt)|conversation history|context window)\b",
        "it asks for the prompt",
        0.97,
    ),
    _rule(
        r"!\[[^\]\n]{0,100}\]\(\s*https?://[^)\s]{1,200}[?&][\w-]{1,30}=(?:[^)\s]{0,40}(?:\{|\$|%7b|<|\[)|"
        r"(?:data|question|prompt|history|conversation|user|context|secret|chat|query)\b)",
        "it makes an image's address carry data away",
        0.99,
    ),
    _rule(
        r"\b(?:send|forward|upload|post|transmit|email|exfiltrate|append|submit|copy)\b[^.!?\n]{0,60}?\b(?:conversation|"
        r"chat|question|prompt|user['’]s|users['’]|history|context|answers?|responses?)\b[^.!?\n]{0,60}?"
        r"(?:https?://|www\.|[\w.-]{1,60}@[\w-]{1,60}\.)",
        "it asks to send the conversation somewhere",
        0.98,
    ),
)


def broken_rules(sentence: str) -> list[Rule]:
    """The rules that a sentence breaks. Every pattern looks ahead a bounded way, so this is linear in its length."""
    return [rule for rule in RULES if rule.pattern.search(sentence)]
