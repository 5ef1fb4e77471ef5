"""The outcomes added up: a table for the terminal, JSON, and one HTML file that stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from statistics import median
from typing import Any

from evals.gold.judge import Outcome
from evals.statistics import Share


def shares(outcomes: Sequence[Outcome]) -> Mapping[str, Share]:
    """The headline figures."""
    asked = [each for each in outcomes if each.case.answerable]
    silent = [each for each in outcomes if not each.case.answerable]
    return {
        "answerable, right": Share(count=sum(each.right for each in asked), total=len(asked)),
        "answerable, answered": Share(count=sum(each.answered for each in asked), total=len(asked)),
        "right, of those answered": Share(
            count=sum(each.right for each in asked if each.answered), total=sum(each.answered for each in asked)
        ),
        "citations on the right page": Share(
            count=sum(each.citations_right for each in asked), total=sum(each.citations for each in asked)
        ),
        "unanswerable, answered": Share(count=sum(each.answered for each in silent), total=len(silent)),
    }


def words(outcomes: Sequence[Outcome]) -> float:
    """Median length of the answers given, in words."""
    lengths = [each.words for each in outcomes if each.answer.status == "answered"]
    return float(median(lengths)) if lengths else 0.0


def as_text(outcomes: Sequence[Outcome]) -> str:
    """A table for a terminal: a row a figure, a column a domain."""
    groups = _groups(outcomes)
    width = max(len(name) for name in shares(outcomes)) + 2
    lines = ["".ljust(width) + "".join(name.ljust(34) for name in groups)]
    lines += [
        name.ljust(width) + "".join(str(shares(those)[name]).ljust(34) for those in groups.values())
        for name in shares(outcomes)
    ]
    lines.append("words, median".ljust(width) + "".join(f"{words(those):.0f}".ljust(34) for those in groups.values()))
    return "\n".join(line.rstrip() for line in lines)


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "figures": {
            name: {
                key: {"count": share.count, "total": share.total, "value": share.value, "interval": share.interval}
                for key, share in shares(those).items()
            }
            | {"words": words(those)}
            for name, those in _groups(outcomes).items()
        },
        "outcomes": [
            {
                "id": each.case.id,
                "kind": each.case.kind,
                "question": each.case.question,
                "status": each.answer.status,
                "right": each.right,
                "answered": each.answered,
                "confidence": each.answer.confidence,
                "text": each.answer.text,
                "citations": [[citation.document.file, citation.page] for citation in each.answer.citations],
                "milliseconds": each.answer.timings_ms.get("total", 0.0),
            }
            for each in outcomes
        ],
    }


def as_html(outcomes: Sequence[Outcome]) -> str:
    """One page: the figures as bars with their intervals, then every question that went wrong, then the others."""
    groups = _groups(outcomes)
    bars = "".join(
        f"<h2>{escape(name)}</h2>" + _bars({group: shares(those)[name] for group, those in groups.items()})
        for name in shares(outcomes)
    )
    ordered = sorted(outcomes, key=lambda each: (each.right, each.case.id))
    rows = "".join(
        f"<tr class={_word(each)}><td>{escape(each.case.id)}</td><td>{escape(each.case.kind)}</td>"
        f"<td>{escape(each.case.question)}</td><td>{escape(each.answer.status)}</td><td>{escape(each.answer.text)}</td>"
        f"<td>{_word(each)}</td></tr>"
        for each in ordered
    )
    head = "".join(f"<th scope=col>{name}</th>" for name in ("Id", "Kind", "Question", "Status", "Answer", "Judged"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Golden questions</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:1.5rem;max-width:75rem}"
        "table{border-collapse:collapse;font-size:.9rem}td,th{padding:.3rem .6rem;border-bottom:1px solid #8886;"
        "text-align:left;vertical-align:top}.wrong td:last-child{color:#c0392b;font-weight:600}svg{max-width:100%}"
        f"</style></head><body><h1>Golden questions</h1>{bars}<h2>Every question</h2>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def _word(outcome: Outcome) -> str:
    return "right" if outcome.right else "wrong"


def _groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault(each.case.domain, []).append(each)
    return {"all": list(outcomes), **groups} if len(groups) > 1 else groups


def _bars(figures: Mapping[str, Share]) -> str:
    height = 28 * len(figures)
    parts = []
    for row, (name, share) in enumerate(figures.items()):
        low, high = share.interval
        y = 28 * row
        parts.append(
            f'<text x="0" y="{y + 18}" font-size="13" fill="currentColor">{escape(name)}</text>'
            f'<rect x="110" y="{y + 6}" width="{400 * share.value:.1f}" height="14" fill="#2b7bb0"/>'
            f'<line x1="{110 + 400 * low:.1f}" x2="{110 + 400 * high:.1f}" y1="{y + 13}" y2="{y + 13}" '
            'stroke="currentColor" stroke-width="2"/>'
            f'<text x="520" y="{y + 18}" font-size="13" fill="currentColor">{escape(str(share))}</text>'
        )
    return (
        f'<svg viewBox="0 0 800 {height}" width="800" role="img" aria-label="Shares with intervals">'
        f"{''.join(parts)}</svg>"
    )
