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
    needs: tuple[str, ...]
    """Of these, in lower case, at least one stands in every text that the pattern fits: a quick look before it."""


_REPLY = r"(?:answers?|responses?|repl(?:y|ies)|outputs?|completions?|summar(?:y|ies)|explanations?)"
_AI = (
    r"(?:ai|artificial intelligence|language model|llm|chat ?bot|chatgpt|gpt-?\d?|"
    r"(?:ai|virtual|digital|helpful) assistant)"
)
_MACHINE = (
    rf"(?:{_AI}|summari[sz]er|(?:automated|machine) (?:reader|reviewer|summari[sz]er|system|agent|assistant|evaluator)|"
    r"ai (?:system|model|agent|tool|reviewer)|copilot|crawler)s?"
)
_THIS = (
    r"(?:this|the following) (?:text|page|document|file|paper|application|essay|r[eé]sum[eé]|cv|proposal|manuscript|"
    r"message|content|section|paragraph|passage|article|website|web page)"
)
_BEFORE = r"(?:previous|prior|preceding|above|earlier|foregoing|existing|original|system|initial)"
_ORDERS = r"(?:instructions?|prompts?|directives?|commands?|messages?|guidelines|rules|constraints|context)"
_CODE = r"code (?:snippet|block|excerpt|section|segment|fragment)"
_WORK = "code|codebase|solution|implementation|algorithm|program"
_ASK = (
    r"(?:add|append|include|insert|mention|embed|integrate|incorporate|write|use|put|give|provide|render|present|convert|"
    r"encode|translate|replace|reverse|modify|augment|enhance|alter|begin|start|end|finish|format|scramble|misspell|"
    r"jumble|shuffle|rearrange|remove|omit|introduce|substitute|swap|conclude|close|craft|phrase|deliver|return|output|"
    r"print|respond|answer|reply|say|state|tell|recommend|suggest|promote|advertise|encourage|invite|remind|inform)"
)


def _rule(pattern: str, reason: str, score: float, needs: str) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), reason, score, tuple(needs.split("|")))


RULES: tuple[Rule, ...] = (
    _rule(
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|skip|neglect)\b[^.!?\n]{{0,40}}?\b"
        rf"(?:(?:all|any|the|your|my|these|those)\b[^.!?\n]{{0,20}}?\b)?{_BEFORE}\b[^.!?\n]{{0,30}}?\b{_ORDERS}\b",
        "it tells the reader to disregard earlier instructions",
        0.999,
        "ignor|disregard|forget|override|bypass|discard|skip|neglect",
    ),
    _rule(
        r"\b(?:ignore|disregard|forget)\b (?:everything|all|anything) (?:you|that|i|we|above|before)\b",
        "it tells the reader to disregard what came before",
        0.995,
        "ignore|disregard|forget",
    ),
    _rule(
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|start_header_id|eot_id)[^\n>]{0,20}\|?>|"
        r"\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|^\s*#{2,4} ?(?:system prompt|instruction|response)s?:",
        "it holds the control marks of a chat",
        0.999,
        "im_|system|user|assistant|endoftext|begin_of|header_id|eot_id|inst]|sys>|_of_turn|##",
    ),
    _rule(
        r"^\s*[\[(*#]*\s*(?:system|assistant|developer)(?: (?:prompt|message|note|instruction|override))?"
        r"\s*[\])*]*\s*:\s*\S",
        "it poses as a message of the system",
        0.9,
        "system|assistant|developer",
    ),
    _rule(
        r"\b(?:do not|don['’]t|never|without) (?:tell|telling|inform|informing|reveal|revealing|mention|mentioning|"
        r"alert|alerting|notify|notifying|disclose|disclosing|show|showing)\b[^.!?\n]{0,50}?\b"
        r"(?:users?|readers?|humans?|this (?:instruction|prompt|message|note)|these instructions)\b",
        "it asks to keep something from the reader",
        0.9,
        "user|reader|human|instruction|prompt|this message|this note",
    ),
    _rule(
        rf"^\W*(?:note|attention|message|instructions?|important|notice)\W{{1,3}}(?:to|for)\s(?:\w+ ){{0,3}}?{_AI}s?\b|"
        rf"^\W*(?:attention|hey|dear|hello)\W{{1,3}}(?:\w+ ){{0,2}}?{_AI}s?\b|"
        rf"\b(?:if|when|since|because) you(?: are|['’]re)(?: an?| the)? {_AI}\b|"
        rf"\byou are (?:now|no longer) (?:\w+ ){{0,4}}?(?:{_AI}|assistant|mode|dan)\b|"
        rf"\bas an? {_AI}\b[^.!?\n]{{0,15}}?\byou\b",
        "it addresses an assistant",
        0.97,
        "ai|artificial|language model|llm|chat|gpt|assistant|you are",
    ),
    _rule(
        rf"^\W*(?:note|attention|message|instructions?|notice|hint)\W{{1,3}}(?:(?:to|for)\s)?(?:(?:all|any|the|every)\s)?"
        rf"{_MACHINE}\b(?![- ](?:system|model|team|act|office|provider|developer|deployer|user)s?\b)|"
        rf"^\W*(?:to|for) (?:the |any |all |every |whichever )?{_MACHINE}\b[^.!?:\n]{{0,60}}:|"
        rf"\b(?:{_MACHINE}|models?)(?: that| which)?(?: is| are)?(?: currently| automatically)? (?:reads?|reading|"
        r"process(?:es|ing)?|summari[sz](?:es?|ing)|evaluat(?:es?|ing)|grad(?:es?|ing)|review(?:s|ing)?|pars(?:es?|ing)|"
        rf"scor(?:es?|ing)|screen(?:s|ing)?|index(?:es|ing)?) {_THIS}\b|"
        rf"\b(?:when|whenever|while|before|if|once) you(?: are|['’]re)? (?:summari[sz]|pars|index)(?:e|ing)? {_THIS}\b",
        "it is meant for a machine that reads the text",
        0.95,
        "ai|artificial|language model|llm|chat|gpt|assistant|summar|automated|machine|model|copilot|crawler|index|pars",
    ),
    _rule(
        r"\byour (?:new|real|true|only|actual|updated) (?:goal|task|instructions?|mission|objective|purpose|job)\b"
        r"[^.!?\n]{0,20}?(?:\b(?:is|are|will be)\b|:)|"
        r"\bthe (?:real|true|actual) instructions? (?:is|are)\b|"
        r"\bnew (?:task|instructions?|directive) (?:for you|begins?)\b|"
        r"\bend of (?:the )?(?:document|text|context|input|file)\b\W{1,6}(?:new|next|now|begin|your)\b|"
        r"\b(?:previous|preceding|above) (?:paragraphs?|texts?|instructions?|documents?) (?:is|are|was|were) (?:only "
        r"|just )?an? (?:test|drill|joke|trick|decoy)\b",
        "it sets another task",
        0.95,
        "your |instruction|new |end of|previous|preceding|above",
    ),
    _rule(
        r"\b(?:developer|god|unrestricted|jailbreak|dan|admin) mode\b[^.!?\n]{0,40}?\b(?:limits|rules|restrictions|"
        r"filters?|guidelines|polic(?:y|ies))\b|"
        r"\b(?:answer|respond|reply|act|behave|speak) (?:as (?:if|though) (?:you had no|there (?:were|are) no|no)|"
        r"without (?:your|the usual))\b[^.!?\n]{0,20}?\b"
        r"(?:guidelines|rules|restrictions|limits|filters?|polic(?:y|ies))\b|"
        r"\b(?:ignore|disregard|forget) (?:what|whatever|anything|everything) the (?:user|human|person)\b|"
        r"\b(?:safety|content|moderation) (?:policy|policies|filters?|guidelines) (?:is |are |has been |have been )?"
        r"(?:now )?(?:disabled|suspended|switched off|lifted|void)\b",
        "it sets rules aside",
        0.95,
        "mode|answer|respon|reply|act |behave|speak|ignore|disregard|forget|safety|content|moderation",
    ),
    _rule(
        rf"\byour (?:\w+ )?{_REPLY} (?:must|should|shall|has to|have to|needs? to|will) (?:always |only )?"
        r"(?:start|begin|end|open|close|consist)\b[^.!?\n]{0,30}?[\"“”„«]",
        "it sets the words of the answer",
        0.95,
        "your ",
    ),
    _rule(
        r"\b(?:ignorier|vergiss|vergessen|missacht)\w{0,4}\b[^.!?\n]{0,30}?\b(?:vorherig|bisherig|obig|früher|vorig)\w{0,3}\b"
        r"[^.!?\n]{0,20}?\b(?:anweisung|instruktion|vorgabe|befehl|regel)|"
        r"\b(?:ignor|oubli)(?:e|es|ez|er)\b[^.!?\n]{0,30}?\b(?:instructions?|consignes?)\b[^.!?\n]{0,20}?"
        r"\b(?:pr[ée]c[ée]dent|ant[ée]rieur|ci-dessus)|"
        r"\b(?:ignor|olvid)(?:a|e|ar|en)\b[^.!?\n]{0,30}?\binstrucciones\b[^.!?\n]{0,20}?\b(?:anterior|previa)",
        "it tells the reader to disregard earlier instructions",
        0.999,
        "ignor|vergiss|vergessen|missacht|oubli|olvid",
    ),
    _rule(
        rf"\b{_ASK}\b[^!?\n]{{0,160}}?\b(?:in|into|of|to|with|at|from|by|through|within|for)\b[^.!?\n]{{0,30}}?\b"
        rf"your (?:\w+ )?{_REPLY}\b|\bin your (?:\w+ )?{_REPLY}\s*,|"
        rf"^{_ASK}\s+(?:\w+\s+){{0,3}}?your (?:\w+ )?{_REPLY}\b",
        "it asks for something in the answer",
        0.9,
        "your ",
    ),
    _rule(
        rf"\b(?:following|subsequent|below|next|this|ensuing)\b[^.!?\n]{{0,20}}?\b{_CODE}s?\b[^.!?\n]{{0,80}}?\b"
        rf"(?:your|the) (?:\w+ ){{0,3}}?(?:{_WORK}|{_REPLY})\b|"
        rf"\byour (?:{_WORK})\b[^.!?\n]{{0,80}}?\b(?:following|subsequent|below) {_CODE}\b",
        "it asks for code to be put into the answer",
        0.95,
        "code snip|code block|code exc|code sec|code seg|code frag",
    ),
    _rule(
        r"\b(?:when|whenever|if)\b (?:you are |you['’]re |anyone |someone |anybody |somebody |(?:a |the )?users? )?"
        rf"(?:asked|asks?|questioned|queried)\b[^.!?\n]{{0,80}}?,\s*(?:always |only |never |please )?"
        rf"(?:{_ASK}|claim|cite|refuse|deny|praise)\b",
        "it says what to answer to a question",
        0.9,
        "asked|asks|ask |questioned|queried",
    ),
    _rule(
        r"\b(?:reveal|print|show|repeat|output|disclose|display|leak|quote)\b[^.!?\n]{0,40}?\b(?:"
        r"system (?:prompt|message)|(?:your|the|hidden|initial) (?:instructions|prompt)|conversation history|"
        r"context window)\b",
        "it asks for the prompt",
        0.9,
        "prompt|system message|instructions|history|context window",
    ),
    _rule(
        r"!\[[^\]\n]{0,100}\]\(\s*https?://[^)\s]{1,200}[?&][\w-]{1,30}=(?:[^)\s]{0,40}(?:\{|\$|%7b|<|\[)|"
        r"(?:data|question|prompt|history|conversation|user|context|secret|chat|query)\b)",
        "it makes an image's address carry data away",
        0.99,
        "![",
    ),
    _rule(
        r"\b(?:send|forward|upload|post|transmit|email|exfiltrate|append|submit|copy)\b[^.!?\n]{0,60}?\b(?:conversation|"
        r"chat|prompt|user['’]s|users['’]|your (?:answers?|responses?))\b[^.!?\n]{0,60}?"
        r"(?:https?://|www\.|[\w.-]{1,60}@[\w-]{1,60}\.)",
        "it asks to send the conversation somewhere",
        0.9,
        "http|www.|@",
    ),
)


def rules_for(text: str) -> tuple[Rule, ...]:
    """The rules that a text, or a part of it, may break at all."""
    lower = text.lower()
    return tuple(rule for rule in RULES if any(need in lower for need in rule.needs))


def broken_rules(sentence: str, rules: tuple[Rule, ...] = RULES) -> list[Rule]:
    """Those of `rules` that a sentence breaks. Every pattern looks ahead a bounded way: linear in its length."""
    return [rule for rule in rules if rule.pattern.search(sentence)]
