"""The figures as a table for the terminal, as JSON, and as one HTML file that stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from evals import report
from evals.grounding.types import TABLES, Bar, Bin, Figure, Judged, Tables, Unit

TITLES: Mapping[Tables, str] = {
    "judged": "Balanced accuracy, supported or not, one threshold for all sets",
    "planted": "Planted errors caught and true claims lost, on documents unseen in training",
    "words": "Token F1 of the words marked as not given",
    "calibration": "Calibration of the probability of support",
    "speed": "Time of one call: ten sentences against five passages, and one sentence against one",
}

WIDTH = 25
"""Characters of a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one contender came to."""

    name: str
    verifier: str
    """The name that the verifier gives itself."""
    figures: Sequence[Figure]
    bins: Sequence[Bin] = ()
    missed: Sequence[Judged] = ()
    """Planted claims that it judged wrongly."""
    seed: bool = False
    """Whether it is one of several weights, shown together in the terminal's table."""


def told(value: float, unit: Unit) -> str:
    """A value in its unit."""
    match unit:
        case "share":
            return f"{value:.1%}"
        case "ms":
            return f"{value:.0f} ms"
        case "times":
            return f"×{value:.2f}"
        case _:
            return f"{value:.3f}"


def cell(figure: Figure) -> str:
    """The value with its interval; an x before it where it misses its bar."""
    missed = figure.bar is not None and not figure.bar.met(figure.value)
    text = f"{'x' if missed else ' '} {told(figure.value, figure.unit)}"
    if figure.interval:
        # The unit stands with the value: the interval does without.
        low, high = (told(end, figure.unit).strip("%×").removesuffix(" ms") for end in figure.interval)
        text += f" [{low}, {high}]"
    return text


def asked(bar: Bar, unit: Unit) -> str:
    """What is asked, in words."""
    return f"{'≥' if bar.least else '≤'} {told(bar.limit, unit)}"


def rows(results: Sequence[Result], table: Tables) -> list[tuple[str, ...]]:
    """Name, claims, a cell for each result, and what is asked: a row a figure, in the order of the figures."""
    by_result = [{each.name: each for each in result.figures if each.table == table} for result in results]
    found = []
    for name in dict.fromkeys(name for figures in by_result for name in figures):
        some = next(figures[name] for figures in by_result if name in figures)
        cells = (cell(figures[name]) if name in figures else "" for figures in by_result)
        found.append((name, str(some.total), *cells, asked(some.bar, some.unit) if some.bar else ""))
    return found


def as_text(results: Sequence[Result], notes: Sequence[str]) -> str:
    """All tables; of several weights only what they have in common."""
    shown = [each for each in results if not each.seed]
    lines: list[str] = []
    for table in TABLES:
        if not (found := rows(shown, table)):
            continue
        head = (TITLES[table], "n", *(f"  {each.name}" for each in shown), "asked")
        first = max(len(row[0]) for row in found) + 2
        lines += [head[0], _line(("", *head[1:]), first), *(_line(row, first) for row in found), ""]
    return "\n".join([*lines, *notes])


def _line(row: Sequence[str], first: int) -> str:
    name, total, *cells, bar = row
    return f"{name:{first}}{total:>5} {''.join(each.ljust(WIDTH) for each in cells)}{bar}".rstrip()


def as_json(results: Sequence[Result], notes: Sequence[str]) -> dict[str, Any]:
    """Every figure of every contender, for programs; no text of any claim."""
    return {
        "notes": list(notes),
        "results": [
            {
                "name": each.name,
                "verifier": each.verifier,
                "figures": [
                    {**asdict(figure), "met": figure.bar.met(figure.value) if figure.bar else None}
                    for figure in each.figures
                ],
                "bins": [asdict(one) for one in each.bins],
            }
            for each in results
        ],
    }


def as_html(results: Sequence[Result], notes: Sequence[str], most: int = 40) -> str:
    """One page: all tables, reliability of each contender, and planted claims that the last one misjudged."""
    tables = []
    for table in TABLES:
        if found := rows(results, table):
            head = ("", "n", *(each.name for each in results), "asked")
            tables += [report.element("h2", TITLES[table]), report.table(head, found)]
    missed = [(each.name, each.missed) for each in results if each.missed][-1:]
    return report.page(
        "Grounding",
        [
            *(report.element("p", note) for note in notes),
            report.element("p", "Brackets hold 95% intervals; of several models the least and the greatest."),
            *tables,
            *(reliability(each.name, each.bins) for each in results if each.bins),
            *(
                piece
                for name, those in missed
                for piece in (
                    report.element(
                        "h2", f"Planted claims that {name} misjudged: {min(most, len(those))} of {len(those)}"
                    ),
                    *(_article(each) for each in those[:: max(1, len(those) // most)][:most]),
                )
            ),
        ],
    )


def reliability(name: str, found: Sequence[Bin], side: int = 280) -> report.Markup:
    """How often claims of a probability are supported: a dot a bin; on the diagonal the probability is right."""
    places = [(f"{40 + side * each.score:.1f}", f"{10 + side * (1 - each.supported):.1f}") for each in found]
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="5" fill="var(--bar)">'
        f"<title>{each.count} claims of {each.score:.2f}: {each.supported:.1%} supported</title></circle>"
        for each, (x, y) in zip(found, places, strict=True)
    )
    line = " ".join(f"{x},{y}" for x, y in places)
    labels = "".join(
        f'<text x="{40 + side * mark / 2:.0f}" y="{side + 28}" text-anchor="middle">{mark / 2:g}</text>'
        f'<text x="32" y="{14 + side * (1 - mark / 2):.0f}" text-anchor="end">{mark / 2:g}</text>'
        for mark in range(3)
    )
    title = escape(f"{name}: share supported (upwards) by probability given (rightwards)")
    return report.Markup(
        f"<figure><figcaption>{title}</figcaption>"
        f'<svg viewBox="0 0 {side + 60} {side + 40}" width="{side + 60}" height="{side + 40}" role="img" '
        f'aria-label="{title}" font-size="13" fill="currentColor">'
        f'<path d="M40 10V{side + 10}H{side + 40}" fill="none" stroke="var(--line)"/>'
        f'<path d="M40 {side + 10}L{side + 40} 10" stroke="var(--line)" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="var(--bar)"/>{dots}{labels}</svg></figure>\n'
    )


def _article(each: Judged, length: int = 700) -> report.Markup:
    case, verdict = each.case, each.verdict
    text = "supported, but lost" if case.supported else "false, but let through"
    evidence = case.claim.evidence[0]
    return report.element(
        "article",
        report.element("p", report.element("span", text, css="bad"), f" · {case.kind} · {verdict.score:.2f}"),
        report.element("p", case.claim.text),
        report.element("blockquote", evidence[:length] + ("…" if len(evidence) > length else "")),
        *(report.element("p", report.element("small", reason)) for reason in verdict.reasons),
    )
