"""One page of a document on a page of its own: its picture or text with the quoted words marked, and its provenance."""

from __future__ import annotations

from assistant.pages.markup import badge, escape, page_url
from corpus.types import Document, Page

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --line: #d5dae1; --mark: #ffe27a; --link: #0b5a8a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --paper: #14181f; --line: #333b47; --mark: #7a6100; --link: #7cc4ee; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.1rem; margin: 0 0 .3rem; }
a { color: var(--link); } a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
img { max-width: 100%; height: auto; border: 1px solid var(--line); background: #fff; display: block; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border: 1px solid var(--line); padding: .8rem; }
mark { background: var(--mark); color: inherit; }
blockquote { margin: .6rem 0; padding: .2rem .8rem; border-left: 4px solid var(--mark); white-space: pre-wrap; }
nav { display: flex; gap: 1rem; margin: .6rem 0; flex-wrap: wrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; font-size: .9rem; margin: .6rem 0; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
.badge { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .5rem; font-size: .8rem; }
.badge.validated { color: #1d7a46; } .badge.unvalidated, .badge.expired, .badge.superseded { color: #a05a00; }
.badge.withdrawn { color: #b3261e; }
@media (prefers-color-scheme: dark) {
  .badge.validated { color: #6fd39b; } .badge.unvalidated, .badge.expired, .badge.superseded { color: #f0b060; }
  .badge.withdrawn { color: #ff8f85; }
}
"""


def document_page(document: Document, page: Page, start: int, end: int, *, drawn: bool) -> str:
    """The whole HTML page. `drawn`: there is a picture of it; otherwise its text is shown."""
    quoted = page.text[start:end] if 0 <= start < end <= len(page.text) else ""
    title = escape(document.provenance.title or document.file)
    quote = f"<blockquote>{escape(quoted)}</blockquote>" if quoted else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}, page {page.number}</title><style>{_STYLE}</style></head>
<body><main><h1>{title}</h1>
<p>Page {page.number} of {document.pages} {badge(document.status)}</p>
{quote}{_navigation(document, page.number)}{_body(document, page, start, end, drawn, quoted)}{_provenance(document)}
</main></body></html>"""


def _body(document: Document, page: Page, start: int, end: int, drawn: bool, quoted: str) -> str:
    if drawn:
        source = page_url(document.id, page.number, start, end).replace(
            f"/pages/{page.number}", f"/pages/{page.number}.png", 1
        )
        words = "with the quoted words marked" if quoted else ""
        return f'<img src="{escape(source)}" alt="Picture of page {page.number} {words}" width="1000">'
    if not quoted:
        return f"<pre>{escape(page.text)}</pre>"
    # Long documents of one page: what stands around the quote is enough, and the rest would be slow.
    first, last = max(0, start - 6000), min(len(page.text), end + 6000)
    before, after = page.text[first:start], page.text[end:last]
    return f'<pre>{escape(before)}<mark id="quote">{escape(quoted)}</mark>{escape(after)}</pre>'


def _navigation(document: Document, number: int) -> str:
    links = []
    if number > 1:
        links.append(f'<a rel="prev" href="{escape(page_url(document.id, number - 1))}">Previous page</a>')
    if number < document.pages:
        links.append(f'<a rel="next" href="{escape(page_url(document.id, number + 1))}">Next page</a>')
    links.append(f'<a href="{escape(page_url(document.id, number))}" target="_blank">Open in a tab of its own</a>')
    return f'<nav aria-label="Pages">{"".join(links)}</nav>'


def _provenance(document: Document) -> str:
    known = document.provenance
    validated = f"{known.validated_by}, {known.validated_on}" if known.validated_by else "nobody yet"
    facts = {
        "File": document.file,
        "Publisher": known.publisher,
        "Edition": known.edition,
        "Published": known.published or "",
        "Valid until": known.valid_until or "",
        "Scope": known.scope,
        "Licence": known.licence,
        "Address": known.url,
        "Rests on": "; ".join(known.sources),
        "Validated by": validated,
        "Superseded by": document.superseded_by,
        "SHA-256": document.sha256,
    }
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items() if fact) + "</dl>"
