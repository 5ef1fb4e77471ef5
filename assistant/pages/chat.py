"""The chat page: ask, read verified sentences as they pass, open the page that each of them rests on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import gradio as gr

from assistant.ask import Assistant, Progress
from assistant.conversations import Conversations
from assistant.errors import UnknownConversation
from assistant.pages import markup
from assistant.serialise import answer_to_json, sentence_to_json
from assistant.types import Answer, AnswerSentence, Question
from corpus.errors import CorpusError
from corpus.starter import examples
from corpus.types import DOMAINS

logger = logging.getLogger(__name__)

AUTOMATIC = "Automatic"
_DOMAINS = [AUTOMATIC, *DOMAINS]
_WELCOME = (
    '<div class="welcome"><h1>Plumbline</h1><p>Ask a medical, legal or engineering question. Every sentence of an '
    "answer names the page it rests on; where the documents are silent, so is Plumbline.</p></div>"
)
_PANEL = (
    '<iframe name="source" title="Source page" srcdoc="&lt;p style=&quot;font:1rem system-ui;opacity:.7&quot;&gt;'
    'Choose a citation to see its page here.&lt;/p&gt;"></iframe>'
)
_URL = "(id) => { if (id) history.replaceState(null, '', '?c=' + encodeURIComponent(id)); }"


def chat_page(assistant: Assistant, conversations: Conversations) -> None:
    """Lay out the page and wire it."""
    current = gr.State("")
    shown = gr.Textbox(visible="hidden", elem_id="conversation-id")
    with gr.Row(elem_id="chat"):
        with gr.Column(scale=1, min_width=200, elem_id="left"):
            earlier = gr.HTML(elem_id="earlier")
            with gr.Accordion("This conversation", open=False):
                title = gr.Textbox(label="New title", max_lines=1)
                with gr.Row():
                    rename = gr.Button("Rename", size="sm")
                    forget = gr.Button("Delete", size="sm", variant="stop")
        with gr.Column(scale=4, min_width=320, elem_id="middle"):
            log = gr.HTML(_WELCOME, elem_id="log", autoscroll=True)
            with gr.Group(elem_id="ask"):
                asked = gr.Textbox(
                    label="Your question", placeholder="Ask in your own words", lines=1, max_lines=8,
                    max_length=200_000, elem_id="question", autofocus=True,
                )  # fmt: skip
                with gr.Row():
                    domain = gr.Dropdown(_DOMAINS, value=AUTOMATIC, label="Domain", min_width=140, scale=1)
                    send = gr.Button("Ask", variant="primary", elem_id="send", scale=1)
            with gr.Column(elem_id="examples") as offered:
                offers = [
                    (gr.Button(each.question, size="sm", elem_classes=["example", each.domain]), each.question)
                    for each in examples()
                ]
            gr.HTML(f'<p class="muted">{markup.FOOTER}</p>')
        with gr.Column(scale=4, min_width=320, elem_id="right"):
            gr.HTML(_PANEL, elem_id="source-panel")
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asking = {
        "fn": _asking(assistant, conversations),
        "inputs": [asked, domain, current],
        "outputs": [log, asked, current, earlier, shown, offered],
        "concurrency_limit": 8,
        "concurrency_id": "asking",
        **quiet,
    }
    for trigger in (send.click, asked.submit):
        trigger(**asking).then(None, shown, None, js=_URL)
    for button, question in offers:
        button.click(partial(str, question), None, asked, **quiet).then(**asking).then(None, shown, None, js=_URL)

    def load(request: gr.Request) -> tuple[Any, ...]:
        wanted = str(request.query_params.get("c", ""))
        said = conversations.exchanges(wanted) if wanted else ()
        wanted = wanted if said else ""
        body = markup.conversation(said) if said else _WELCOME
        return body, wanted, markup.conversation_list(conversations.listed(), wanted), gr.update(visible=not said)

    def renamed(text: str, conversation: str) -> str:
        if conversation and text.strip():
            conversations.rename(conversation, text)
        return markup.conversation_list(conversations.listed(), conversation)

    def forgotten(conversation: str) -> tuple[Any, ...]:
        if conversation:
            try:
                conversations.remove(conversation)
            except UnknownConversation:
                logger.info("the conversation was gone already")
        return _WELCOME, "", markup.conversation_list(conversations.listed(), ""), gr.update(visible=True)

    rename.click(renamed, [title, current], earlier, **quiet)
    forget.click(
        forgotten, current, [log, current, earlier, offered], show_progress="hidden", api_visibility="private"
    ).then(None, None, None, js="() => history.replaceState(null, '', '/')")
    gr.on(None, load, None, [log, current, earlier, offered], **quiet)


def _asking(assistant: Assistant, conversations: Conversations) -> Any:
    """The handler of a question: yields the page's parts as the answer grows."""

    def asking(text: str, domain: str, conversation: str) -> Iterator[tuple[Any, ...]]:
        before = markup.conversation(conversations.exchanges(conversation)) + markup.question(text)
        question = Question(
            text=text,
            history=conversations.history(conversation),
            domain=None if domain == AUTOMATIC else domain,  # type: ignore[arg-type]  # one of the three
        )
        hidden = gr.update(visible=False)
        try:
            answer, sentences = None, []
            for step in assistant.stream(question):
                if isinstance(step, Progress):
                    yield before + markup.working(step.stage), "", conversation, gr.skip(), gr.skip(), hidden
                elif isinstance(step, AnswerSentence):
                    sentences.append(sentence_to_json(step))
                    yield (
                        before + markup.working("guard_out", sentences),
                        "",
                        conversation,
                        gr.skip(),
                        gr.skip(),
                        hidden,
                    )
                else:
                    answer = step
            assert isinstance(answer, Answer)
            given = answer_to_json(answer)
            try:
                conversation = conversations.add(conversation, text, given)
            except UnknownConversation:  # deleted in another window meanwhile
                conversation = conversations.add("", text, given)
            listed = markup.conversation_list(conversations.listed(), conversation)
            yield before + markup.answer(given), "", conversation, listed, conversation, hidden
        except CorpusError as error:
            failed = f'<section class="turn answer refused" role="alert"><p>{markup.escape(error)}</p></section>'
            yield before + failed, text, conversation, gr.skip(), gr.skip(), hidden

    return asking
