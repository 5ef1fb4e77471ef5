"""One HTML file that stands alone: no script, no network, dark or light as the reader's system is.

Everything put in here as text is escaped; only what these functions return is markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from evals.statistics import Share

STYLE = """
:root { color-scheme: light dark; --good: #2f7d4f; --bad: #b3392f; --bar: #2b7bb0; --line: #8885 }
@media (prefers-color-scheme: dark) { :root { --good: #62c38a; --bad: #ff8a7d; --bar: #4ea3dc } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 1.5rem auto; padding: 0 1rem; max-width: 72rem }
table { border-collapse: collapse; font-size: .9rem; display: block; overflow-x: auto }
td, th { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
.good { color: var(--good); font-weight: 600 } .bad { color: var(--bad); font-weight: 600 }
article { border-left: 3px solid var(--bad); padding: .1rem 1rem; margin: 1rem 0; overflow-wrap: anywhere }
blockquote { margin: .4rem 0; padding: .3rem .8rem; background: #8882 } small { opacity: .8 }
svg { max-width: 100%; height: auto } figure { margin: 1rem 0 }
"""


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that may stand as it is; a plain string is escaped instead."""

    html: str


Piece = Markup | str


def page(title: str, body: Iterable[Piece]) -> str:
    """The whole document."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{_joined(body)}</body></html>\n"
    )


def element(name: str, *content: Piece, css: str = "") -> Markup:
    """One element with its content, and a class if `css` names one."""
    start = f'<{name} class="{escape(css)}">' if css else f"<{name}>"
    return Markup(f"{start}{_joined(content)}</{name}>\n")


def table(head: Sequence[str], rows: Iterable[Sequence[Piece]]) -> Markup:
    """A table with a header row."""
    cells = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    body = "".join("<tr>" + "".join(f"<td>{_joined([cell])}</td>" for cell in row) + "</tr>\n" for row in rows)
    return Markup(f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>\n")


def chart(title: str, shares: Mapping[str, Share]) -> Markup:
    """Horizontal bars from 0 to 100%, one a share, each with its interval as a line and its figures in words."""
    rows = []
    for index, (name, share) in enumerate(shares.items()):
        low, high = share.interval
        y = 26 * index
        rows.append(
            f'<text x="170" y="{y + 17}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="180" y="{y + 4}" width="{360 * share.value:.1f}" height="16" rx="2" fill="var(--bar)"/>'
            f'<path d="M{180 + 360 * low:.1f} {y + 12}H{180 + 360 * high:.1f}" stroke="currentColor" '
            'stroke-width="2"/>'
            f'<text x="552" y="{y + 17}">{escape(str(share))}</text>'
        )
    height = 26 * len(shares) + 4
    return Markup(
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 800 {height}" width="800" height="{height}" role="img" aria-label="{escape(title)}" '
        f'font-size="13" fill="currentColor"><path d="M180.5 0V{height}" stroke="var(--line)"/>{"".join(rows)}</svg>'
        "</figure>\n"
    )


def _joined(pieces: Iterable[Piece]) -> str:
    return "".join(piece.html if isinstance(piece, Markup) else escape(piece) for piece in pieces)
