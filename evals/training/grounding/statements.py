"""A yes-no question as the statement that a yes makes, by the words with which such questions begin.

English only, and only the commonest shapes: what does not fit gives None rather than bad grammar.
"""

from __future__ import annotations

import re

_BE = re.compile(r"^(is|are|was|were)\s+(.+)$", re.IGNORECASE)
_DO = re.compile(r"^(does|do|did)\s+(.+)$", re.IGNORECASE)
_MODAL = re.compile(r"^(can|could|should|may|might|will|would|must)\s+(.+)$", re.IGNORECASE)
_HAVE = re.compile(r"^(has|have|had)\s+(.+)$", re.IGNORECASE)

_VERBS = (
    "increase decrease reduce affect cause improve influence predict play have lead promote inhibit regulate interact "
    "bind activate induce prevent require change alter contain express modulate mediate protect impair enhance provide "
    "need use work exist occur show help contribute depend target control form act differ make determine delay worsen "
    "encode produce represent confer benefit alleviate restore treat cross give impact matter correlate associate "
    "serve reflect add justify offer result support allow facilitate suppress stimulate block undergo encourage remain "
    "raise lower suffer respond receive share include involve co-localize colocalize bind participate function follow "
    "mean explain facilitate save compromise limit outperform cost persist"
).split()
_VERB = re.compile(r"\s(" + "|".join(sorted(set(_VERBS), key=len, reverse=True)) + r")\b(?!-)", re.IGNORECASE)
_MODAL_VERB = re.compile(r"\s(be|" + "|".join(sorted(set(_VERBS), key=len, reverse=True)) + r")\b(?!-)", re.IGNORECASE)
_PREDICATE = re.compile(
    r"\s((?:(?:not|still|also|often|always|commonly|frequently|strongly|significantly|currently|more|less|only|really|"
    r"differentially|highly|directly|required|closely)\s+)*"
    r"(?:associated|effective|involved|used|related|linked|important|necessary|essential|safe|useful|known|regulated|"
    r"caused|included|considered|found|present|expressed|responsible|conserved|recommended|affected|better|worse|higher|"
    r"lower|more|less|similar|different|able|available|reliable|feasible|helpful|beneficial|needed|required|increased|"
    r"decreased|reduced|approved|indicated|contraindicated|implicated|correlated|mutated|inherited|genetic|hereditary|"
    r"dependent|independent|part|due|common|rare|predictive|superior|inferior|equivalent|valid|accurate|justified|"
    r"an?\b|the\b|there\b|one of|at risk|likely|capable|specific|toxic|functional|sufficient|possible|appropriate|"
    r"interacting|bound|localized|located|encoded|targeted|activated|inhibited|induced|produced|detected|changing|"
    r"been|being|still|worth|cost-effective|comparable|prognostic)\b.*)$",
    re.IGNORECASE,
)


def statement(question: str) -> str | None:
    """What a yes to the question says; None if it is not of a known shape."""
    text = " ".join(question.split()).rstrip("?. ")
    if "?" in text or ":" in text:
        return None
    for pattern, turned in ((_BE, _be), (_HAVE, _be), (_DO, _do), (_MODAL, _modal)):
        if match := pattern.match(text):
            found = turned(match[1].lower(), match[2])
            return f"{found[0].upper()}{found[1:]}." if found else None
    return None


def _be(verb: str, rest: str) -> str | None:
    if rest.lower().startswith("there "):
        return f"there {verb} {rest[6:]}"
    match = _PREDICATE.search(" " + rest)
    if not match or match.start() == 0:
        return None
    return f"{rest[: match.start() - 1].strip()} {verb} {match[1].strip()}"


def _do(verb: str, rest: str) -> str | None:
    match = _VERB.search(" " + rest)
    if not match or match.start() == 0:
        return None
    subject, after = rest[: match.start() - 1].strip(), rest[match.end() - 1 :]
    return f"{subject} {_inflected(match[1].lower(), verb)}{after}"


def _modal(verb: str, rest: str) -> str | None:
    match = _MODAL_VERB.search(" " + rest)
    if not match or match.start() == 0:
        return None
    return f"{rest[: match.start() - 1].strip()} {verb} {match[1]}{rest[match.end() - 1 :]}"


def _inflected(verb: str, auxiliary: str) -> str:
    if auxiliary != "does":
        return verb if auxiliary == "do" else f"did {verb}"
    if verb == "have":
        return "has"
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"
