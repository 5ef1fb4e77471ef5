"""What the policy of the domain asks of an answer; see `guards.policies` for what it asks of a question.

Medical: a dose is never extrapolated. The passage that is cited for it must be about the drug and about the patients
that the sentence, and the question, are about. Everywhere: what has been withdrawn is not cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from guards.checks.citations import evidence
from guards.checks.found import drop
from guards.grounding.quantities import quantities
from guards.policies import Policy, load
from guards.types import Draft, Finding, Source, Statement

_DOSE_KINDS = frozenset({"mass", "volume", "amount", "iu", "units"})
_DRUG = re.compile(
    r"\b[a-z]{2,20}(?:formin|statin|pril|sartan|olol|dipine|azole|cillin|mycin|floxacin|cycline|parin|xaban|gatran|farin|"
    r"gliptin|gliflozin|glutide|tidine|prazole|triptan|setron|zepam|zolam|barbital|profen|fenac|coxib|codone|morphone|"
    r"fentanil|caine|mab|tinib|ciclib|ivir|ovir|avir|sone|solone|thiazide|semide|oxetine|triptyline|azepine)\b",
    re.IGNORECASE,
)
"""Names by their endings, the stems of international non-proprietary names: enough to tell two drugs apart."""


def policy(draft: Draft) -> tuple[Finding, ...]:
    """What the domain's policy demands of each sentence."""
    found = []
    rules = load().get(draft.domain)
    for each in draft.statements:
        if any(source.status == "withdrawn" for source in draft.cited(each)):
            found.append(drop("policy", each, "A sentence rested on a document that has been withdrawn."))
        elif rules and rules.doses and (reason := _extrapolated(draft, each, rules)):
            found.append(drop("policy", each, f"A dose was left out: {reason}."))
    return tuple(found)


def _extrapolated(draft: Draft, statement: Statement, rules: Policy) -> str:
    """Why a dose is not for this drug or these patients; empty when it is, or when there is none."""
    if not any(each.kind in _DOSE_KINDS for each in quantities(statement.text)):
        return ""
    sources = draft.cited(statement)
    own = {drug.lower() for drug in _DRUG.findall(statement.text)}
    if own and not any(own <= _drugs([source]) for source in sources):
        return "the passage cited for it is about another drug"
    asked = {drug.lower() for drug in _DRUG.findall(draft.question)}
    if asked and not asked & _drugs(sources) and asked & _drugs(draft.sources):
        return "it is for another drug than the one asked about"
    mine = rules.patients(statement.text)
    if not all(any(mine_one in rules.patients(evidence(source)) for source in sources) for mine_one in mine):
        return "the passage cited for it is about other patients"
    wanted = rules.patients(draft.question)
    near = {name for place, source in enumerate(sources) for name in rules.patients(_near(statement, place, source))}
    if wanted and near and not mine and not wanted & near:
        return "the source gives it for other patients than those asked about"
    return ""


def _drugs(sources: Iterable[Source]) -> set[str]:
    return {drug.lower() for source in sources for drug in _DRUG.findall(evidence(source))}


def _near(statement: Statement, place: int, source: Source) -> str:
    """What a dose stands under, and the words that carry it."""
    quote = source.text[slice(*statement.quotes[place])] if len(statement.quotes) > place else source.text
    return f"{source.context}\n{quote}"
