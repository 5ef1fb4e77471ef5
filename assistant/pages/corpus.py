"""The corpus page: what may be cited, what is in quarantine and why; take files in, validate, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.pages import markup
from corpus.errors import CorpusError
from corpus.library import Library
from corpus.types import DOMAINS, Document, IngestReport, Progress

EVERYTHING = "all"
_PROGRESS = gr.Progress()


def corpus_page(library: Library) -> None:
    """Lay out the page and wire it."""
    gr.HTML('<h1 class="page">Corpus</h1><p class="muted">Only validated, current documents are cited.</p>')
    with gr.Row():
        domain = gr.Dropdown([EVERYTHING, *DOMAINS], value=EVERYTHING, label="Show domain")
        status = gr.Dropdown([EVERYTHING, *markup.STATUS_WORDS], value=EVERYTHING, label="Show status")
        words = gr.Textbox(label="Title contains", max_lines=1)
    table = gr.HTML(elem_id="documents")
    message = gr.HTML(elem_id="message")
    with gr.Row():
        with gr.Column():
            gr.HTML("<h2>Take documents in</h2>")
            files = gr.File(label="Files", file_count="multiple", elem_id="files")
            into = gr.Dropdown(list(DOMAINS), value=DOMAINS[0], label="Domain of these files", elem_id="into")
            by_upload = gr.Textbox(label="Validated by (leave empty if nobody has)", max_lines=1, elem_id="upload-by")
            upload = gr.Button("Take in", variant="primary", elem_id="upload")
        with gr.Column():
            gr.HTML("<h2>Validate or withdraw</h2>")
            chosen = gr.Dropdown([], label="Document", elem_id="chosen")
            by = gr.Textbox(label="Your name", max_lines=1, elem_id="by")
            with gr.Row():
                validate = gr.Button("Validate", variant="primary", elem_id="validate")
                withdraw = gr.Button("Withdraw", variant="stop", elem_id="withdraw")
    gr.HTML("<h2>Quarantine</h2>")
    quarantine = gr.HTML(elem_id="quarantine")

    def listed(domain: str, status: str, words: str) -> tuple[Any, ...]:
        documents = [each for each in library.documents() if _matches(each, domain, status, words)]
        choices = [(f"{each.provenance.title or each.file} ({each.status})", each.id) for each in documents]
        return (
            markup.document_table(documents),
            markup.quarantine_table(library.quarantined()),
            gr.update(choices=choices),
        )

    def changed(change: Callable[..., Document]) -> Callable[[str, str], str]:
        def act(document_id: str, by: str) -> str:
            try:
                document = change(document_id or "", by=by)
            except CorpusError as error:
                return _said(str(error), "alert")
            return _said(f"{document.provenance.title} is now {markup.STATUS_WORDS[document.status]}.")

        return act

    view, filters = [table, quarantine, chosen], [domain, status, words]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    gr.on([domain.change, status.change, words.change], listed, filters, view, **quiet)
    gr.on(None, listed, filters, view, **quiet)
    validate.click(changed(library.validate), [chosen, by], message, **quiet).then(listed, filters, view, **quiet)
    withdraw.click(changed(library.withdraw), [chosen, by], message, **quiet).then(listed, filters, view, **quiet)
    upload.click(
        _taking_in(library),
        [files, into, by_upload],
        message,
        api_visibility="private",
    ).then(listed, filters, view, **quiet)


def _taking_in(library: Library) -> Callable[..., str]:
    from assistant.api import keep

    def take_in(paths: list[str] | None, into: Any, by: str, progress: Any = _PROGRESS) -> str:
        def tell(step: Progress) -> None:
            progress((step.done, max(step.total, 1)), desc=step.file or step.stage, unit="files")

        if not paths:
            return _said("Choose files first.", "alert")
        try:
            kept = keep(library.home, [Path(path) for path in paths])
            return _report(library.ingest(kept, domain=into, validated_by=by or "", progress=tell))
        except CorpusError as error:
            return _said(str(error), "alert")

    return take_in


def _report(report: IngestReport) -> str:
    refused = "".join(f" {Path(each.path).name}: {each.reason}." for each in (*report.quarantined, *report.failed))
    counts = (
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.passages} passages."
    )
    return _said(counts + refused, "alert" if refused else "status")


def _matches(document: Document, domain: str, status: str, words: str) -> bool:
    title = f"{document.provenance.title} {document.file}".lower()
    return (
        domain in (EVERYTHING, document.domain) and status in (EVERYTHING, document.status) and words.lower() in title
    )


def _said(text: str, role: str = "status") -> str:
    return f'<p class="said" role="{role}">{markup.escape(text)}</p>'
