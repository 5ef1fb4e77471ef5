"""The chat page: ask, read verified sentences as they pass, open the page that each of them rests on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gradio as gr

from assistant.ask import Notice
from assistant.conversations import Conversations, Exchange
from assistant.errors import UnknownConversation
from assistant.pages import markup
from assistant.pages.asking import AT_ONCE, Asking
from assistant.pages.assets import SCRIPT
from assistant.serialise import answer_to_json, sentence_to_json
from assistant.types import Answer, AnswerSentence
from corpus.errors import CorpusError, UnknownDocument
from corpus.library import Library
from corpus.starter import examples
from corpus.types import DOMAINS

_DOMAINS = [("Automatic", ""), *((domain.capitalize(), domain) for domain in DOMAINS)]
_PANEL = (
    '<section aria-label="Source"><div id="source-none"><h2>Sources</h2><p>Press a number beside a sentence to see the '
    'page it rests on, with the words marked.</p></div><div id="source-page" hidden><div class="tools">'
    '<a id="source-own" href="/" target="_blank" rel="noopener">Open in its own tab</a>'
    '<button type="button" id="source-close">Close</button></div>'
    '<iframe name="source" title="Source page"></iframe></div></section>'
)
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def chat_page(library: Library, asking: Asking, conversations: Conversations) -> None:
    """Lay out the page and wire it."""
    gr.HTML(markup.bar("ask"), head=SCRIPT)
    current = gr.Textbox(visible="hidden", elem_id="conversation")  # in the page, so that it outlives the server
    with gr.Row(elem_id="chat"):
        with gr.Column(elem_id="left"):
            earlier = gr.HTML(
                elem_id="earlier",
                head=SCRIPT,
                js_on_load="plumbline.conversations(element, trigger, ['open', 'rename', 'remove'])",
            )
        with gr.Column(elem_id="middle"):
            past = gr.HTML(elem_id="past", head=SCRIPT, js_on_load="plumbline.offers(element, trigger, ['offer'])")
            now = gr.HTML(elem_id="now", head=SCRIPT, js_on_load="plumbline.answers(element)")
            asked, domain, send = _composer()
        with gr.Column(elem_id="right"):
            gr.HTML(_PANEL, elem_id="source", head=SCRIPT, js_on_load="plumbline.panel(element)")
    view = _View(library, asking, conversations)
    parts = [past, now, current, earlier]
    again = gr.Timer(1.5, active=False)
    loaded = gr.on(None, view.load, None, [*parts, again], **_QUIET)
    ask: dict[str, Any] = {
        "fn": view.ask,
        "inputs": [asked, domain, current],
        "outputs": [*parts, asked],
        "concurrency_limit": 2 * AT_ONCE,
        "cancels": [loaded],  # what comes late for a page just opened must not wipe the answer away
        **_QUIET,
    }
    for trigger in (send.click, asked.submit):
        trigger(**ask)
    past.offer(view.offered, None, asked, **_QUIET).then(**ask)
    earlier.open(view.open, None, [*parts, again], **_QUIET)
    earlier.rename(view.rename, current, earlier, **_QUIET)
    earlier.remove(view.remove, current, parts, **_QUIET)
    again.tick(view.look_again, current, [past, now, again], **_QUIET)


def _composer() -> tuple[gr.Textbox, gr.Radio, gr.Button]:
    with gr.Column(elem_id="ask"):
        with gr.Row(elem_id="ask-line"):
            asked = gr.Textbox(
                label="Your question", placeholder="Ask in your own words", lines=1, max_lines=8, max_length=200_000,
                elem_id="question", autofocus=True, container=False,
            )  # fmt: skip
            send = gr.Button("Ask", variant="primary", elem_id="send", min_width=90, scale=0)
        domain = gr.Radio(_DOMAINS, value="", label="Domain", elem_id="domain", container=False)
        gr.HTML(f'<p class="foot">{markup.FOOTER}</p>')
    return asked, domain, send


class _View:
    """What the page shows, one method an event. The parts: what was said, the latest exchange, its id, the list."""

    def __init__(self, library: Library, asking: Asking, conversations: Conversations) -> None:
        self._library = library
        self._asking = asking
        self._conversations = conversations

    def ask(self, text: str, domain: Any, conversation: str) -> Iterator[tuple[Any, ...]]:
        """The page's parts, and the question's box, as the answer grows."""
        if not text.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), ""
            return
        said, question = markup.conversation(self._conversations.exchanges(conversation)), markup.question(text)
        try:
            asked = self._asking.ask(text, domain=domain or None, conversation=conversation)
            yield said, question + markup.working("guard_in"), asked.conversation, self._list(asked.conversation), ""
            sentences: list[dict[str, Any]] = []
            urgent: list[str] = []
            for step in asked.steps:
                if isinstance(step, Answer):
                    shown = markup.answer(answer_to_json(step))
                elif isinstance(step, AnswerSentence):
                    sentences.append(sentence_to_json(step))
                    shown = markup.working("guard_out", sentences, urgent=urgent)
                elif isinstance(step, Notice):
                    urgent.append(step.text)
                    shown = markup.working("guard_in", urgent=urgent)
                else:
                    shown = markup.working(step.stage, urgent=urgent)
                yield gr.skip(), question + shown, gr.skip(), gr.skip(), gr.skip()
        except CorpusError as error:
            yield said, question + markup.failed(error), conversation, self._list(conversation), text

    def offered(self, event: gr.EventData) -> str:
        """The example question that was pressed."""
        return str(event.question)

    def load(self, request: gr.Request) -> tuple[Any, ...]:
        """The page as its address asks for it."""
        return self._shown(str(request.query_params.get("c", "")))

    def open(self, event: gr.EventData) -> tuple[Any, ...]:
        """Another conversation, or with an empty id a new one."""
        return self._shown(str(event.id))

    def look_again(self, conversation: str) -> tuple[Any, ...]:
        """An answer that was being made when the page was opened, once it is there."""
        past, now, _, _, timer = self._shown(conversation)
        return past, now, timer

    def rename(self, current: str, event: gr.EventData) -> str:
        """The list after a conversation was given another title."""
        with suppress(UnknownConversation):  # deleted in another window
            self._conversations.rename(str(event.id), str(event.title))
        return self._list(current)

    def remove(self, current: str, event: gr.EventData) -> tuple[Any, ...]:
        """The page after a conversation was deleted."""
        removed = str(event.id)
        with suppress(UnknownConversation):
            self._conversations.remove(removed)
        if removed == current:
            return self._shown("")[:4]
        return gr.skip(), gr.skip(), gr.skip(), self._list(current)

    def _shown(self, conversation: str) -> tuple[Any, ...]:
        said = self._conversations.exchanges(conversation) if conversation else ()
        if not said:
            return self._welcome(), "", "", self._list(""), gr.Timer(active=False)
        waiting = any(not each.answer and self._asking.running(each.number) for each in said)
        return (
            markup.conversation(said[:-1]),
            self._latest(said[-1]),
            conversation,
            self._list(conversation),
            gr.Timer(active=waiting),
        )

    def _welcome(self) -> str:
        tallies = self._library.statistics().tallies
        return markup.welcome([each for each in examples() if self._citable(each.document)], empty=not tallies)

    def _citable(self, document_id: str) -> bool:
        try:
            return self._library.document(document_id).status == "validated"
        except UnknownDocument:
            return False

    def _latest(self, said: Exchange) -> str:
        if said.answer or self._asking.running(said.number):
            return markup.conversation([said])
        return markup.question(said.question) + markup.failed("The server stopped before it had answered. Ask again.")

    def _list(self, current: str) -> str:
        return markup.conversation_list(self._conversations.listed(), current)
