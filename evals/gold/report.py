"""The outcomes added up: a table for the terminal, JSON, and one HTML file that stands alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from evals import report
from evals.gold.judge import Outcome
from evals.statistics import Share

GOALS: Mapping[str, str] = {
    "answerable, right": "at least 85%",
    "citations on the right page": "at least 95%",
    "unanswerable, answered": "at most 5%",
    "words, median": "under 90",
}
"""What the project wants of the figures."""

Groups = Mapping[str, Sequence[Outcome]]


def shares(outcomes: Sequence[Outcome]) -> dict[str, Share]:
    """The headline figures, each with its interval."""
    asked = [each for each in outcomes if each.case.answerable]
    silent = [each for each in outcomes if not each.case.answerable]
    given = [each for each in asked if each.answered]
    return {
        "answerable, right": _share(asked, lambda each: each.right),
        "answerable, answered": _share(asked, lambda each: each.answered),
        "right, of those answered": _share(given, lambda each: each.right),
        "citations on the right page": Share(
            count=sum(each.citations_right for each in given), total=sum(each.citations for each in given)
        ),
        "unanswerable, answered": _share(silent, lambda each: each.answered),
    }


def medians(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Length of the answers given, and time for any answer."""
    words = [each.words for each in outcomes if each.answer.status == "answered"]
    times = sorted(each.milliseconds for each in outcomes)
    return {
        "words, median": float(median(words)) if words else 0.0,
        "milliseconds, median": median(times) if times else 0.0,
        "milliseconds, 95th percentile": times[round(0.95 * (len(times) - 1))] if times else 0.0,
    }


def by_domain(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """All of them, then each domain's own; one domain alone stands for all."""
    groups = _grouped(outcomes, lambda each: each.case.domain)
    return {"all": list(outcomes), **groups} if len(groups) != 1 else groups


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes by kind of question, by name."""
    return dict(sorted(_grouped(outcomes, lambda each: each.case.kind).items()))


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What is not right, or right but cited from another page, by id."""
    return sorted(
        (each for each in outcomes if not each.right or each.citations_right < each.citations),
        key=lambda each: each.case.id,
    )


def as_text(outcomes: Sequence[Outcome]) -> str:
    """The headline table for a terminal: a row a figure, a column a domain."""
    groups = by_domain(outcomes)
    names = list(shares(outcomes))
    width = max(map(len, [*names, *medians(outcomes)])) + 2
    lines = ["".ljust(width) + "".join(name.ljust(33) for name in groups) + "goal"]
    for name in names:
        cells = "".join(str(shares(those)[name]).ljust(33) for those in groups.values())
        lines.append(f"{name.ljust(width)}{cells}{GOALS.get(name, '')}")
    for name in medians(outcomes):
        cells = "".join(f"{medians(those)[name]:.0f}".ljust(33) for those in groups.values())
        lines.append(f"{name.ljust(width)}{cells}{GOALS.get(name, '')}")
    return "\n".join(line.rstrip() for line in lines)


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "figures": {name: _figures(those) for name, those in by_domain(outcomes).items()},
        "kinds": {name: _figures(those) for name, those in by_kind(outcomes).items()},
        "outcomes": [_row(each) for each in outcomes],
    }


def as_html(outcomes: Sequence[Outcome]) -> str:
    """One page: pictures of the figures, the kinds of question, every failure in full, then all questions."""
    groups = by_domain(outcomes)
    charts = [
        report.chart(
            f"{name} ({GOALS[name]})" if name in GOALS else name,
            {group: shares(those)[name] for group, those in groups.items()},
        )
        for name in shares(outcomes)
    ]
    numbers = report.table(
        ("", *groups, "goal"),
        (
            (name, *(f"{medians(those)[name]:.0f}" for those in groups.values()), GOALS.get(name, ""))
            for name in medians(outcomes)
        ),
    )
    kinds = report.chart(
        "right, by kind of question",
        {kind: _share(those, lambda each: each.right) for kind, those in by_kind(outcomes).items()},
    )
    everything = report.table(
        ("Question", "Kind", "Judged", "Answer"),
        (
            (f"{each.case.id} {each.case.question}", each.case.kind, _judged(each), each.answer.text)
            for each in outcomes
        ),
    )
    wrong = failures(outcomes)
    return report.page(
        "Golden questions",
        [
            report.element(
                "p", f"Lines through the bars are 95% intervals (Wilson). Answers by: {_generators(outcomes)}."
            ),
            *charts,
            numbers,
            kinds,
            report.element("h2", f"Failures: {len(wrong)} of {len(outcomes)}"),
            *(_failure(each) for each in wrong),
            report.element("h2", "Every question"),
            everything,
        ],
    )


def _generators(outcomes: Sequence[Outcome]) -> str:
    """Who won the answers given, and how often."""
    won = Counter(each.answer.generator or "unknown" for each in outcomes if each.answer.status == "answered")
    return ", ".join(f"{name} {count}" for name, count in won.most_common()) or "nobody"


def _failure(outcome: Outcome) -> report.Markup:
    case, answer = outcome.case, outcome.answer
    lines = [f"missing: {each}" for each in outcome.missing]
    lines += [f"should be cited: {each.file}, page {', '.join(map(str, each.pages))}" for each in case.sources]
    lines += [f"cited: {each.document.file}, page {each.page}: {each.quote}" for each in answer.citations]
    lines += [f"note: {case.note}"] if case.note else []
    return report.element(
        "article",
        report.element("h3", f"{case.id} ({case.kind}): {case.question}"),
        report.element("p", _judged(outcome), f" · confidence {answer.confidence:.2f}"),
        report.element("blockquote", answer.text),
        *(report.element("small", line, report.Markup("<br>")) for line in lines),
    )


def _judged(outcome: Outcome) -> report.Markup:
    pages = f"; {outcome.citations_right} of {outcome.citations} citations on the right page"
    note = pages if outcome.citations_right < outcome.citations else ""
    return report.element("span", outcome.verdict + note, css="good" if outcome.right else "bad")


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        name: {"count": share.count, "total": share.total, "value": share.value, "interval": share.interval}
        for name, share in shares(outcomes).items()
    } | medians(outcomes)


def _row(outcome: Outcome) -> dict[str, Any]:
    case, answer = outcome.case, outcome.answer
    return {
        "id": case.id,
        "domain": case.domain,
        "kind": case.kind,
        "question": case.question,
        "status": answer.status,
        "right": outcome.right,
        "verdict": outcome.verdict,
        "missing": outcome.missing,
        "citations_right": outcome.citations_right,
        "confidence": answer.confidence,
        "domain_found": answer.domain,
        "generator": answer.generator,
        "text": answer.text,
        "citations": [
            {"file": each.document.file, "page": each.page, "quote": each.quote} for each in answer.citations
        ],
        "words": outcome.words,
        "milliseconds": outcome.milliseconds,
    }


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> Share:
    return Share(count=sum(map(holds, outcomes)), total=len(outcomes))


def _grouped(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault(key(each), []).append(each)
    return groups
