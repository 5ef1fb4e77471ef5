"""Yes and no, how binding a rule is, the side of a limit, and the condition of a statement."""

from __future__ import annotations

import random
import re

from evals.planted.text import capital, has_verb, last_verb_phrase, swap, verb_phrase
from evals.planted.types import Draft
from evals.planted.words import OPPOSITES, SAFE_WITH

_DENIED = re.compile(
    r"\b(is|are|was|were|shall|should|must|will|would|could|has|have|had|can) not\b(?! (?:only|just|necessarily|"
    r"limited|merely|to be))"
    r"|\b(cannot)\b|\b(do|does) not (?=[a-z]{3,})",
    re.IGNORECASE,
)
_AFFIRMED = re.compile(
    r"\b(is|are|was|were|shall|should|must|will|can)\b"
    r"(?= (?!not\b|no\b|only\b|also\b|sometimes\b|often\b|usually\b|generally\b|typically\b|commonly\b|both\b|either\b|"
    r"neither\b|never\b|always\b|thought\b|to\b|too\b|very\b|still\b|already\b|likely\b|in\b|that\b|hereby\b|"
    r"most\b|more\b|"
    r"less\b|because\b|when\b|why\b|how\b|where\b|what\b|usually\b|so\b|frequently\b|mainly\b|primarily\b|"
    r"then\b|and\b|or\b)[a-z])"
)
_OTHER_NO = re.compile(
    r"\b(?:no|not|none|neither|nor|never|without|cannot|some|many|several|few|nothing|unless|except|only)\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:if|when|where|which|that|who|whose|while|because|although|though|unless|until|as|once|whether|since|"
    r"after|before|than|what|how)\b[^,;]*$",
    re.IGNORECASE,
)
_WEAKER = {"shall": ("should", "may"), "must": ("should", "may"), "required": ("recommended",)}
_STRONGER = {"should": ("shall", "must"), "may": ("shall", "must"), "recommended": ("required",)}
_MODAL = re.compile(
    r"\b(?:(shall|must|should|may)(?= (?!not\b|have\b|also\b|or\b|and\b)[a-z])|(?<=\bis )(required|recommended)|"
    r"(?<=\bare )(required|recommended))\b",
    re.IGNORECASE,
)
_RULE = re.compile(r"\b(?:shall|agreement|party|parties)\b", re.IGNORECASE)
_COUNT = (
    r"(?= (?:\d|\$|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"sixty|ninety|half|an?|as)\b))"
)
_LIMITS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"at least{_COUNT}", ("at most", "no more than")),
    (rf"at most{_COUNT}", ("at least",)),
    (rf"(?:no|not) (?:less|fewer) than{_COUNT}", ("no more than",)),
    (rf"(?:no|not) more than{_COUNT}", ("no less than", "at least")),
    (r"(?:no|not) later than(?= (?:\d|the|a|an|one|two|three|ten|thirty|sixty|ninety)\b)", ("no earlier than",)),
    (rf"(?:no|not) earlier than{_COUNT}", ("no later than",)),
    (r"(?:a|the) minimum of(?= \d)", ("a maximum of",)),
    (r"(?<!up to )(?:a|the) maximum of(?= \d)", ("a minimum of",)),
    (r"up to(?= (?:\d|\$|two|three|four|five|six|ten|twelve))", ("at least", "more than")),
    (r"(?<!no )(?<!not )(?<!the )(?:more|greater|larger|higher) than(?= (?:\d|\$))", ("less than",)),
    (r"(?<!no )(?<!not )(?:less|fewer|lower|smaller) than(?= (?:\d|\$))", ("more than",)),
    (r"(?<!no )(?<!not )(?<!any )(?<!many )(?<!much )more(?= [a-z]{4,} than\b)", ("less",)),
    (r"(?<!no )(?<!not )(?<!any )(?<!much )less(?= [a-z]{4,} than\b)", ("more",)),
    (r"(?:larger|greater)(?= than (?:the|that|a|an|those)\b)", ("smaller",)),
    (r"(?:smaller)(?= than (?:the|that|a|an|those)\b)", ("larger",)),
    (r"higher(?= than (?:the|that|a|an|those)\b)", ("lower",)),
    (r"lower(?= than (?:the|that|a|an|those)\b)", ("higher",)),
    (r"not exceed(?= (?:\d|\$|the|a|an|one|two)\b)", ("exceed",)),
    (
        r"within(?= (?:\d+|two|three|five|ten|thirty|sixty|ninety)(?: \w+)? (?:hours?|days?|weeks?|months?|"
        r"years?) (?:of|after|from|following)\b)",
        ("no sooner than",),
    ),
    (r"≥", ("≤",)),
    (r"≤", ("≥",)),
)
_LIMIT_PATTERNS = tuple(
    (re.compile(rf"\b{old}" if old[0] not in "≥≤" else old, re.IGNORECASE), new) for old, new in _LIMITS
)
_LEAD = re.compile(
    r"^(?:If|When|Whenever|Unless|Where|Until|Provided that|In the event (?:that|of)|In case of|Except (?:as|"
    r"for|when|where|in)|"
    r"Subject to|(?:In|For|Among) (?:adult |pediatric |elderly |diabetic |some |most |certain |"
    r"severe )?(?:patients|cases|people|persons|"
    r"individuals|children|women|adults|infants)) [^,;:]+, (?:then )?"
)
_MAIN = re.compile(
    r"(?:the|a|an|this|these|that|those|it|they|we|you|he|she|each|all|any|such(?! as)|no|there|its|their|his|her|your|"
    r"our|either|both|"
    r"[A-Z]\w+(?: [A-Z]\w+)?(?: shall| will| may| must| should| agrees?| is| are| can)|\w+ (?:is|are|shall|may|"
    r"must|should|will|can|has|have|was|were))\b"
)
_TAIL = re.compile(
    r"(?<!\beven)(?<!\bonly)(?<!\bas)(?<!\bexcept)(?<!\bor)(?<!\band)(?<!\bregardless of),? "
    r"(?:(?:only |except |but only )?(?:if|when|unless|until|upon (?=(?:the |its |any )?(?:receipt|request|"
    r"termination|expiration|occurrence|completion|written|prior|notice|approval|consent|breach|execution)\b)|"
    r"provided,? (?:however,? )?that|to the extent|so long as|as long as)|"
    r"only (?:after|with|for|in|during|on)|except (?:as|for|that|in|to|where|with)|"
    r"(?:in|for) (?:\w+ )?(?:patients|people|persons|individuals|children|women|adults|infants) (?:with|who|"
    r"whose|taking|receiving|having|over|under|at))"
    r" [^;:.()]{1,400}\.$"
)
_ASKS = re.compile(
    r"\b(?:determine[sd]?|see|ask|know|check|verify|decide|tell|find out|wonder|assess|sure|question|test|"
    r"evaluate|occurs?|happens?|"
    r"is|are|was|were|be|been|do|does|and|or|that|which|begins?|results?|time|not|than|based|depends?|depending|"
    r"relies|rely|effective|agreed?|used|called|even|as|of|such|just|especially|particularly|least|particular)$",
    re.IGNORECASE,
)


_SEEN = re.compile(
    r"\b(?:(?:has been|have been|was|were|had|reported|reports|observed|seen|"
    r"sometimes|can|could|might|possible|some|there (?:is|are))\b|"
    r"(?:which|who|that|where) \w+ \w+\.$)",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(r"\bmay\b", re.IGNORECASE)
_PERMITS = re.compile(
    r"\b(?:part(?:y|ies)|agreements?|member states?|providers?|authorit(?:y|ies)|commission|controllers?|licens\w+|"
    r"company|undertakings?|verifiers?|csps?|customers?|buyer|seller|distributor|agency|agencies|either)\b"
    r"[^,]{0,40} may\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^,? (?:in|for) [^,]*\b(?:is|are|was|were|shall|should|must|will|can|may|has|have)\b|, (?:and|or|"
    r"but) (?:shall|the|it|they)\b"
)


def flip_negation(text: str, rng: random.Random) -> Draft | None:
    """The opposite: a "not" more or less, or a word turned into its contrary."""
    makers = [_deny, _affirm, _contrary]
    rng.shuffle(makers)
    return next((draft for maker in makers if (draft := maker(text, rng))), None)


def change_modality(text: str, evidence: str, rng: random.Random) -> Draft | None:
    """A duty as advice, a permission as a duty: SHALL against SHOULD."""
    found = [
        match
        for match in _MODAL.finditer(text)
        if not re.search(r"\b(?:if|as|that) [\w ]*$", text[max(0, match.start() - 100) : match.start()])
    ]
    rng.shuffle(found)
    for match in found:
        old = match.group().lower()
        if old == "may" and not _RULE.search(evidence):
            continue
        # "nothing shall be deemed" and "nothing may be deemed" say the same
        if re.search(r"\b(?:no|none|nothing|neither|nor|never|only)\b", text[: match.start()], re.IGNORECASE):
            continue
        return swap(text, *match.span(), rng.choice({**_WEAKER, **_STRONGER}[old]))
    return None


def change_limit(text: str, rng: random.Random) -> Draft | None:
    """The other side of a limit: "at least" against "at most"."""
    found = [(match, new) for pattern, new in _LIMIT_PATTERNS for match in pattern.finditer(text)]
    if not found:
        return None
    match, new = rng.choice(found)
    return swap(text, *match.span(), rng.choice(new))


def leading_condition(text: str) -> int | None:
    """Where the main clause begins behind a condition that opens the sentence; None without one, or in doubt."""
    match = _LEAD.match(text)
    if not match or not _MAIN.match(text, match.end()):
        return None
    rest = text[match.end() :]
    # "If A, the B, or C, then D": the comma may be one of a list
    listed = re.match(r"[^,]{0,60},? (?:and|or) [^,]{0,60}, (?:the|it|they|then|a|an|such|this)\b", rest)
    return None if listed or len(rest.split()) < 4 else match.end()


def drop_condition(text: str, rng: random.Random) -> Draft | None:
    """The statement without its "if", "unless", "except", "when" or "for patients with": too general."""
    drafts = []
    begin = leading_condition(text)
    if begin is not None:
        main = capital(text[begin:])
        drafts.append(Draft(text=main, wrong=(verb_phrase(main),)))
    tail = _TAIL.search(text)
    if tail and _cuttable(text[: tail.start()], tail.group()):
        main = text[: tail.start()].rstrip(",") + "."
        if not re.search(r"^(?:If|When|Where|Although|While)\b[^,]*$", main):
            drafts.append(Draft(text=main, wrong=(last_verb_phrase(main),)))
    drafts = [draft for draft in drafts if not _follows(draft.text)]
    return rng.choice(drafts) if drafts else None


def _follows(main: str) -> bool:
    """Whether a statement follows from the same with a condition: what was seen, or can be, in some, is so at all."""
    return bool(_SEEN.search(main) or (_POSSIBLE.search(main) and not _PERMITS.search(main)))


def _cuttable(main: str, tail: str) -> bool:
    """Whether what stands before a condition is a whole statement, and the condition ends the sentence."""
    if len(main.split()) < 5 or _ASKS.search(main) or not main[-1].isalnum() or not has_verb(main) or ":" in main:
        return False
    if re.search(
        r"\b(?:may|shall|will|must|should|can|cannot|not|has|have|but|the|a|an|to|by|with|for|in|on|at)$", main
    ):
        return False
    # ", upon notice, assume the defence": the statement goes on behind the condition
    if re.match(
        r",? (?:if|when|unless) (?:any|so|applicable|available|possible|necessary|required|appropriate|not)\b", tail
    ):
        return False
    return not (tail.startswith(",") and tail.count(",") > 1) and not _GOES_ON.search(tail)


def _deny(text: str, rng: random.Random) -> Draft | None:
    """Turn "is" into "is not", in the main clause of a statement that denies nothing yet."""
    if _OTHER_NO.search(text):
        return None
    for match in _AFFIRMED.finditer(text):
        if (
            not _SUBORDINATE.search(text[max(0, match.start() - 300) : match.start()])
            and match.start() > 3
            and text[match.start() - 1] == " "
        ):
            old = match.group()
            new = "cannot" if old == "can" else f"{old} not"
            return swap(text, *match.span(), new)
    return None


def _affirm(text: str, rng: random.Random) -> Draft | None:
    """Turn "is not" into "is"."""
    match = _DENIED.search(text)
    if (
        not match
        or len(_OTHER_NO.findall(text)) > 1
        or re.search(r"\b(?:any|yet|either|much|until|if)\b", text[match.end() :])
    ):
        return None
    if match.group(3):
        verb = re.compile(r"[a-z]+").match(text, match.end())
        if verb is None or verb.group().endswith("ly"):
            return None
        new = verb.group() if match.group(3).lower() == "do" else _third(verb.group())
        return swap(text, match.start(), verb.end(), new)
    old = "can" if match.group(2) else match.group(1)
    after = re.compile(r" [\w'’-]+").match(text, match.end())
    end = after.end() if after else match.end()
    return swap(text, match.start(), end, old + text[match.end() : end])


def _contrary(text: str, rng: random.Random) -> Draft | None:
    """One word turned into its contrary, where the sentence has not both."""
    low = f" {text.lower()}"
    found = []
    for pair in OPPOSITES:
        for old, new in (pair, pair[::-1]):
            if old in low and not re.search(rf"\b{new}\b", low) and not _OTHER_NO.search(text):
                found += [(match, new) for match in re.finditer(rf"(?<![\w-]){old}(?![\w-])", text, re.IGNORECASE)]
    rng.shuffle(found)
    for match, new in found:
        following = text[match.end() :].split()
        if re.search(
            r"\b(?:even|both|shortly|immediately|day|days|hours?|just|or|and) $", text[: match.start()], re.IGNORECASE
        ):
            continue
        if match.group().lower() == "with" and (not following or following[0] not in SAFE_WITH):
            continue
        return swap(text, *match.span(), new)
    return None


def _third(verb: str) -> str:
    """The third person of a verb: "carries", "passes", "has"."""
    if verb == "have":
        return "has"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    return verb + ("es" if re.search(r"(?:s|x|z|ch|sh|o)$", verb) else "s")
