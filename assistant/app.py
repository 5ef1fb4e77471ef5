"""The pages, put on the application: chat at /, corpus at /corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.ask import Assistant
from assistant.conversations import Conversations

if TYPE_CHECKING:
    from fastapi import FastAPI

STYLE = Path(__file__).parent / "static" / "style.css"
SCRIPT = Path(__file__).parent / "static" / "head.html"


def mount_pages(app: FastAPI, assistant: Assistant, conversations: Conversations) -> None:
    """Add the pages to an application."""
    from assistant import quiet

    quiet.silence()
    import gradio as gr

    from assistant.pages.chat import chat_page
    from assistant.pages.corpus import corpus_page

    with gr.Blocks(title="Plumbline", analytics_enabled=False, fill_width=True) as pages:
        chat_page(assistant, conversations)
    with pages.route("Corpus", "/corpus"):
        corpus_page(assistant.library)
    gr.mount_gradio_app(
        app,
        pages,
        path="/",
        theme=gr.themes.Base(
            primary_hue="sky",
            neutral_hue="slate",
            font=["system-ui", "sans-serif"],
            font_mono=["ui-monospace", "monospace"],
        ),
        css=STYLE.read_text("utf-8"),
        head=SCRIPT.read_text("utf-8"),
        show_error=False,
        ssr_mode=False,
        footer_links=[],
        max_file_size="200mb",
    )
