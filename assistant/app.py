"""The pages, put on the application: chat at /, corpus at /corpus."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from assistant.ask import Assistant
from assistant.conversations import Conversations
from assistant.uploads import LARGEST

if TYPE_CHECKING:
    from fastapi import FastAPI

DAY = 86_400
"""Seconds."""

COLOURS = {
    "body_background_fill": "paper",
    "background_fill_primary": "card",
    "background_fill_secondary": "paper",
    "body_text_color": "ink",
    "body_text_color_subdued": "soft",
    "block_background_fill": "card",
    "block_border_color": "line",
    "block_label_background_fill": "card",
    "block_label_text_color": "soft",
    "block_title_text_color": "soft",
    "block_info_text_color": "soft",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "input_background_fill": "card",
    "input_background_fill_focus": "card",
    "input_border_color": "line",
    "input_border_color_focus": "accent",
    "input_placeholder_color": "soft",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_border_color": "accent",
    "button_primary_border_color_hover": "accent",
    "button_primary_text_color": "on-accent",
    "button_primary_text_color_hover": "on-accent",
    "button_secondary_background_fill": "card",
    "button_secondary_background_fill_hover": "sunk",
    "button_secondary_border_color": "line",
    "button_secondary_text_color": "ink",
    "button_secondary_text_color_hover": "ink",
    "checkbox_label_text_color_selected": "accent",
    "link_text_color": "accent",
    "link_text_color_hover": "accent",
    "link_text_color_visited": "accent",
    "loader_color": "brass",
}
"""Gradio's name of a colour → ours in style.css, which knows light and dark."""


def mount_pages(app: FastAPI, assistant: Assistant, conversations: Conversations) -> None:
    """Add the pages to an application."""
    from assistant import quiet

    quiet.silence()
    import gradio as gr
    from gradio.components import Navbar

    from assistant.pages.asking import Asking
    from assistant.pages.assets import content
    from assistant.pages.chat import chat_page
    from assistant.pages.corpus import corpus_page

    library = assistant.library
    with gr.Blocks(title="Plumbline", analytics_enabled=False, fill_width=True, delete_cache=(DAY, DAY)) as pages:
        Navbar(visible=False)
        chat_page(library, Asking(assistant, conversations), conversations)
    with pages.route("Corpus", "/corpus"):
        Navbar(visible=False)
        corpus_page(library)
    pages.queue(api_open=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SSR mode is not supported")  # said even when it is not asked for
        gr.mount_gradio_app(
            app,
            pages,
            path="/",
            theme=_theme(gr),
            css=content("style.css").decode(),
            show_error=False,
            ssr_mode=False,
            run_history=False,
            footer_links=[],
            max_file_size=LARGEST,
            app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        )


def _theme(gr: Any) -> Any:
    """Fonts of the reader's system, so that none is loaded, and the colours of our style sheet."""
    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    ours = {name: f"var(--pl-{colour})" for name, colour in COLOURS.items()}
    return theme.set(
        input_border_width="1px",
        **ours,
        **{f"{name}_dark": colour for name, colour in ours.items()},
    )
