"""The corpus page: what may be cited, what is in quarantine and why; take files in, validate, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.pages import markup, tables
from assistant.pages.assets import SCRIPT
from assistant.uploads import keep
from corpus.errors import CorpusError
from corpus.library import Library
from corpus.types import DOMAINS, Document, Domain, IngestReport, Progress

_ALL = "All"
_DOMAINS = [(_ALL, ""), *((domain.capitalize(), domain) for domain in DOMAINS)]
_STATUSES = [(_ALL, ""), *((words.capitalize(), status) for status, words in markup.STATUS_WORDS.items())]
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_PROGRESS = gr.Progress()


def corpus_page(library: Library) -> None:
    """Lay out the page and wire it."""
    gr.HTML(markup.bar("corpus"), head=SCRIPT)
    chosen = gr.Textbox(visible="hidden", elem_id="chosen-id")
    with gr.Column(elem_id="corpus"):
        gr.HTML('<h1>Corpus</h1><p class="muted">Only documents that somebody has validated and that are current are '
                "cited.</p>")  # fmt: skip
        summary = gr.HTML(elem_id="summary")
        with gr.Row(elem_id="filters"):
            words = gr.Textbox(label="Title, file or publisher contains", max_lines=1, elem_id="words", min_width=180)
            domain = gr.Dropdown(_DOMAINS, value="", label="Domain", elem_id="domain-filter", min_width=140)
            status = gr.Dropdown(_STATUSES, value="", label="Status", elem_id="status-filter", min_width=140)
        table = gr.HTML(
            elem_id="documents", head=SCRIPT, js_on_load="plumbline.documents(element, trigger, ['choose'])"
        )
        with gr.Row(elem_id="work"):
            with gr.Column(elem_id="review", min_width=300):
                gr.HTML("<h2>Review a document</h2>")
                shown = gr.HTML(tables.chosen_document(None), elem_id="chosen")
                by = gr.Textbox(label="Your name", max_lines=1, max_length=200, elem_id="by")
                with gr.Row():
                    validate = gr.Button("Validate", variant="primary", elem_id="validate", min_width=120)
                    withdraw = gr.Button("Withdraw", elem_id="withdraw", min_width=120)
                changed = gr.HTML(elem_id="changed")
            with gr.Column(elem_id="take-in", min_width=300):
                gr.HTML("<h2>Take documents in</h2>")
                files = gr.File(label="Files", file_count="multiple", elem_id="files", height=140)
                into = gr.Radio(
                    _DOMAINS[1:], value=DOMAINS[0], label="Domain of these files", elem_id="into", container=False
                )
                signed = gr.Textbox(
                    label="Validated by (leave empty if nobody has)", max_lines=1, max_length=200, elem_id="upload-by"
                )
                upload = gr.Button("Take in", variant="primary", elem_id="upload")
                taken = gr.HTML(elem_id="taken", min_height=60)
        gr.HTML("<h2>Quarantine</h2>")
        quarantine = gr.HTML(elem_id="quarantine")
    view = _View(library)
    filters, parts = [domain, status, words, chosen], [summary, table, quarantine]
    gr.on([domain.change, status.change, words.change], view.filtered, filters, table, **_QUIET)
    gr.on(None, view.all, filters, parts, **_QUIET)
    table.choose(view.choose, None, [chosen, shown], **_QUIET).then(view.filtered, filters, table, **_QUIET)
    for button, change in ((validate, library.validate), (withdraw, library.withdraw)):
        button.click(view.changing(change), [chosen, by], [changed, shown], **_QUIET).then(
            view.all, filters, parts, **_QUIET
        )
    upload.click(view.take_in, [files, into, signed], [taken, files], api_visibility="private").then(
        view.all, filters, parts, **_QUIET
    )


class _View:
    """What the page shows, one method an event."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def all(self, *filters: Any) -> tuple[Any, ...]:
        """Summary, table and quarantine."""
        return (
            tables.overview(self._library.statistics()),
            self.filtered(*filters),
            tables.quarantine_table(self._library.quarantined()),
        )

    def filtered(self, domain: Any, status: Any, words: str, chosen: str) -> str:
        """The table under these filters."""
        documents = self._library.documents(domain=domain or None, status=status or None)
        return tables.document_table([each for each in documents if _contains(each, words)], chosen)

    def choose(self, event: gr.EventData) -> tuple[str, str]:
        """The document whose button was pressed."""
        try:
            document = self._library.document(str(event.id))
        except CorpusError:  # removed meanwhile
            return "", tables.chosen_document(None)
        return document.id, tables.chosen_document(document)

    def changing(self, change: Callable[..., Document]) -> Callable[[str, str], tuple[Any, ...]]:
        """The handler that validates or withdraws the chosen document."""

        def act(chosen: str, by: str) -> tuple[Any, ...]:
            if not chosen:
                return markup.said("Choose a document first: press “Review” beside it.", "alert"), gr.skip()
            try:
                document = change(chosen, by=by)
            except CorpusError as error:
                return markup.said(str(error), "alert"), gr.skip()
            words = f"“{document.provenance.title or document.file}” is now {markup.STATUS_WORDS[document.status]}."
            return markup.said(words), tables.chosen_document(document)

        return act

    def take_in(self, paths: list[str] | None, into: Domain, by: str, progress: Any = _PROGRESS) -> tuple[Any, ...]:
        """Ingest the uploaded files; the second value empties the file box when all went well."""

        def tell(step: Progress) -> None:
            words = "Another ingestion is running; waiting for it" if step.stage == "waiting" else step.file
            progress((step.done, max(step.total, 1)), desc=words or step.stage.capitalize(), unit="files")

        if not paths:
            return markup.said("Choose files first.", "alert"), gr.skip()
        try:
            kept = [self._keep(Path(path)) for path in paths]
            report = self._library.ingest(kept, domain=into, validated_by=by or "", progress=tell)
        except CorpusError as error:
            return markup.said(str(error), "alert"), gr.skip()
        return _report(report), None

    def _keep(self, path: Path) -> Path:
        with path.open("rb") as file:
            return keep(self._library.home, path.name, file)


def _report(report: IngestReport) -> str:
    counts = f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged; "
    refused = [f"{Path(each.path).name} was not taken in: {each.reason}." for each in report.quarantined]
    refused += [f"{Path(each.path).name} failed: {each.reason}." for each in report.failed]
    return markup.said(f"{counts}{report.passages:,} passages.") + "".join(
        markup.said(each, "alert") for each in refused
    )


def _contains(document: Document, words: str) -> bool:
    known = document.provenance
    text = f"{known.title} {document.file} {known.publisher} {document.id}".lower()
    return all(word in text for word in words.lower().split())
