"""What the commands print: JSON for programs, or text for people. Results to standard output, the rest to the other."""

from __future__ import annotations

import json as json_module
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from assistant import serialise
from assistant.commands import BadRow, Checked, Inspected, Result, Row
from assistant.types import Answer, Citation
from corpus.types import Document, Failure, IngestReport, Progress, Quarantined, SearchResult

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.commands_ratings import Imported

STAGES = {
    "waiting": "waiting for another ingestion",
    "checking": "looking at what changed",
    "reading": "reading",
    "indexing": "indexing",
    "finishing": "finishing",
}
"""Stage of an ingestion → what a person sees."""


def _console(*, err: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=err, highlight=False, markup=False, soft_wrap=True, emoji=False)


def _print_json(value: object) -> None:
    sys.stdout.write(json_module.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _note(text: str) -> None:
    sys.stderr.write(f"plumbline: {text}\n")


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error while documents are taken in; nothing where that is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=_console(err=True), transient=True) as shown:
        task = shown.add_task("", total=None)

        def tell(step: Progress) -> None:
            what = f"{STAGES[step.stage]} {step.file}".strip()
            shown.update(task, description=what, completed=step.done, total=step.total or None)

        yield tell


def show_report(report: IngestReport, *, json: bool) -> None:
    """What an ingestion did."""
    if json:
        _print_json(serialise.report_to_json(report))
        return
    out = _console()
    out.print(
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.removed} removed: "
        f"{report.passages} passages in {report.seconds:.1f} s"
    )
    _show_failures(out, "quarantined, cannot be read", report.quarantined)
    _show_failures(out, "failed, try again", report.failed)


def _show_failures(out: Console, title: str, failures: Sequence[Failure | Quarantined]) -> None:
    if failures:
        out.print(f"{len(failures)} {title}:")
    for each in failures:
        out.print(f"  {each.path}: {each.reason}")


def show_documents(documents: Sequence[Document], *, json: bool) -> None:
    """A list of documents."""
    if json:
        _print_json({"documents": [serialise.document_to_json(each) for each in documents]})
        return
    if not documents:
        _console().print("no documents")
        return
    out = _console()
    width = max(len(each.id) for each in documents)
    for each in documents:
        provenance = each.provenance
        title = f"{provenance.title} ({provenance.edition})" if provenance.edition else provenance.title
        out.print(f"{each.id:<{width}}  {each.status:<11}  {each.domain:<11}  {each.file}: {title}")


def show_document(document: Document, *, json: bool) -> None:
    """One document, every field."""
    fields = serialise.document_to_json(document)
    if json:
        _print_json(fields)
        return
    out = _console()
    for name, value in fields.items():
        if value not in ("", [], None):
            out.print(f"{name.replace('_', ' '):<14} {'; '.join(value) if isinstance(value, list) else value}")


def show_removed(document_id: str, *, json: bool) -> None:
    """That a document is gone."""
    if json:
        _print_json({"removed": document_id})
    else:
        _console().print(f"removed {document_id}")


def show_quarantine(items: Sequence[Quarantined], *, json: bool) -> None:
    """Files that could not be read."""
    if json:
        _print_json({"quarantined": [serialise.quarantined_to_json(each) for each in items]})
    elif items:
        _show_failures(_console(), "quarantined, cannot be read", items)
    else:
        _console().print("nothing is quarantined")


def show_imported(imported: Imported, *, json: bool) -> None:
    """What came of a file of ratings; for people, bad lines are listed where they look for them."""
    if json:
        failed = [{"line": each.line, "reason": each.reason} for each in imported.failed]
        _print_json({"added": imported.added, "duplicates": imported.duplicates, "failed": failed})
        return
    for each in imported.failed:
        _note(f"line {each.line}: {each.reason}")
    _console().print(
        f"{imported.added} added, {imported.duplicates} there already, {len(imported.failed)} cannot be used"
    )


def show_exported(file: str, count: int, *, json: bool) -> None:
    """How many ratings were written, and where."""
    if json:
        _print_json({"exported": count, "file": file})
    else:
        _console().print(f"{count} ratings written to {file}")


def show_each(results: Iterable[Result], *, json: bool) -> int:
    """Each result as soon as it is there; how many items failed. A failed item is listed where people look for it, and
    in JSON Lines as `{id, line, error}` in its place.
    """
    failed = 0
    for result in results:
        if isinstance(result, BadRow):
            failed += 1
            _note(f"line {result.line}: {result.reason}" if result.line else result.reason)
            if json and result.line:
                _print_json({"id": result.id, "line": result.line, "error": result.reason})
            continue
        row, value = result
        if json:
            _print_json(_as_json(row, value))
        elif isinstance(value, Answer):
            show_answer(value, heading=row.fields["question"] if row.line else "")
        elif isinstance(value, SearchResult):
            _show_hits(value)
        elif isinstance(value, Inspected):
            _show_inspected(row, value)
        else:
            _show_checked(row, value)
    return failed


def _as_json(row: Row, value: Answer | SearchResult | Checked | Inspected) -> dict[str, Any]:
    match value:
        case Answer():
            answer = serialise.answer_to_json(value)
            return {**answer, "id": row.id} if row.id != "" else answer
        case SearchResult():
            return serialise.search_to_json(value, id=row.id)
        case Inspected():
            return serialise.inspection_to_json(value.inspection, value.messages, id=row.id, seconds=value.seconds)
        case Checked():
            return {
                "id": row.id,
                "label": value.label,
                "score": round(value.score, 4),
                "sentences": [
                    {
                        "text": text,
                        "start": start,
                        "end": end,
                        "label": verdict.label,
                        "score": round(verdict.score, 4),
                        "evidence": verdict.evidence,
                        "reasons": list(verdict.reasons),
                    }
                    for (start, end), text, verdict in value.sentences
                ],
            }


def show_url(url: str, *, json: bool) -> None:
    """Where the pages are."""
    if json:
        _print_json({"url": url})
    else:
        _console().print(f"Plumbline is at {url} (Ctrl-C stops it)")
        sys.stdout.flush()


def open_browser(url: str) -> None:
    """Shows the page, where there is a display to show it on."""
    import webbrowser

    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(url)


def show_answer(answer: Answer, *, heading: str = "") -> None:
    """An answer for people: sentences with their numbers, notices, then where each number stands, with its words."""
    out = _console()
    if heading:
        out.rule(" ".join(heading.split())[:200], align="left")
    for notice in answer.urgent:
        out.print(f"NOW: {notice}\n", style="bold red")
    if answer.sentences:
        marked = (f"{each.text} {''.join(f'[{n}]' for n in each.citations)}" for each in answer.sentences)
        out.print(" ".join(marked))
    else:
        out.print(answer.text)
    for notice in answer.notices:
        if notice not in answer.urgent:
            out.print(f"Note: {notice}", style="yellow")
    for finding in answer.findings:
        if finding.action != "hold":  # the text says it
            out.print(f"Set aside: {finding.reason}", style="dim")
    for citation in answer.citations:
        out.print()
        _show_citation(out, citation)
    if answer.reason and answer.reason not in answer.text:
        out.print(answer.reason, style="dim")
    unnamed = [each for each in answer.nearest if each.file not in answer.text]
    if unnamed:
        out.print("\nNearest documents:")
        for each in unnamed:
            out.print(f"  {each.provenance.title} ({each.file}, {each.status})")


def _show_citation(out: Console, citation: Citation) -> None:
    provenance = citation.document.provenance
    page = f", page {citation.page}" if citation.document.pages > 1 else ""
    edition = f", {provenance.edition}" if provenance.edition else ""
    who = f"validated by {provenance.validated_by}" if provenance.validated_by else citation.document.status
    out.print(f"[{citation.number}] {citation.document.file}{page}: {provenance.title}{edition}; {who}", style="bold")
    out.print(f"    “{' '.join(citation.quote.split())}”")


def _show_hits(result: SearchResult) -> None:
    out = _console()
    if not result.hits:
        out.print("nothing found")
    for number, hit in enumerate(result.hits, start=1):
        place = f"{hit.document.file}, page {hit.passage.page}"
        out.print(f"{number:>2}. {place}  {hit.document.provenance.title}  ({hit.score:.3f})", style="bold")
        text = " ".join(hit.passage.text.split())
        out.print(f"    {text[:300]}{'…' if len(text) > 300 else ''}")


def _show_checked(row: Row, value: Checked) -> None:
    out = _console()
    out.print(f"{row.id or row.line}: {value.label} ({value.score:.2f})", style="bold")
    for _, text, verdict in value.sentences:
        why = f": {'; '.join(verdict.reasons)}" if verdict.reasons else ""
        out.print(f"    {verdict.label} ({verdict.score:.2f}) {' '.join(text.split())}{why}")


def _show_inspected(row: Row, value: Inspected) -> None:
    out = _console()
    out.print(f"{row.id or row.line}: {value.inspection.action} ({1000 * value.seconds:.1f} ms)", style="bold")
    for finding in value.inspection.findings:
        where = f"message {finding.message + 1}, " if finding.message is not None else ""
        out.print(f"    {finding.check} ({where}characters {finding.start}-{finding.end}): {finding.reason}")
