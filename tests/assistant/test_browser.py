"""The pages in a real headless Chromium, as a person uses them."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from corpora import fill

from assistant.api import create_app
from assistant.build import build
from assistant.conversations import Conversations
from assistant.settings import load

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: there is no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with the pages, on a free port."""
    import uvicorn

    folder = tmp_path_factory.mktemp("site")
    assistant = build(load(folder / "home"))
    fill(assistant, folder)
    conversations = Conversations(folder)
    app = create_app(assistant, conversations)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)
    conversations.close()
    assistant.library.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """A fresh visitor; whatever the page asks of another host fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert not [
        url for url in asked if "://" in url and not url.startswith(("blob:", site, site.replace("http", "ws")))
    ]


def ask(page: Any, site: str, question: str) -> None:
    page.goto(site)
    page.wait_for_selector("#question textarea")
    page.fill("#question textarea", question)
    page.click("#send")
    page.wait_for_selector("#log .turn.answer:not([aria-busy])", timeout=30_000)


DOSE = "What is the recommended starting dose of Examplin?"


def test_a_citation_opens_the_words_and_all_survives_a_reload(page: Any, site: str) -> None:
    ask(page, site, "To which torque shall every anchor bolt be tightened?")
    assert "85 newton metres" in page.inner_text("#log .answered")
    page.click("#log a.chip >> nth=0")
    source = page.frame_locator('iframe[name="source"]')
    source.locator("img").wait_for(timeout=20_000)
    assert "85 newton metres" in source.locator("blockquote").inner_text()
    assert "validated" in source.locator(".badge").inner_text()
    width = source.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width == 1000
    page.wait_for_url("**/?c=*")
    page.reload()
    page.wait_for_selector("#log a.chip")
    assert "85 newton metres" in page.inner_text("#log .answered")
    assert "torque" in page.inner_text("#earlier")


def test_by_keyboard_alone(page: Any, site: str) -> None:
    page.goto(site)
    page.wait_for_selector("#question textarea")
    page.focus("#question textarea")
    page.keyboard.type(DOSE)
    page.keyboard.press("Enter")
    page.wait_for_selector("#log a.chip", timeout=30_000)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "chip":
            break
    else:
        pytest.fail("the citation cannot be reached by keyboard")
    page.keyboard.press("Enter")
    page.frame_locator('iframe[name="source"]').locator("mark").wait_for(timeout=20_000)


def test_abstains_in_words(page: Any, site: str) -> None:
    ask(page, site, "Which vaccine protects camels against lightning in Peru?")
    assert "The documents don't say." in page.inner_text("#log .abstained")


def test_what_people_and_documents_write_is_text(page: Any, site: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    ask(page, site, "<img src=x onerror=alert(1)> ${alert(2)} May the landlord charge a fee for the notice?")
    assert "<img src=x" in page.inner_text("#log .asked")
    assert page.locator("#log img").count() == 0
    page.goto(f"{site}/documents/act/pages/1")
    assert '<script>alert("law")</script>' in page.inner_text("pre")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone(browser: Any, site: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    ask(page, site, DOSE)
    page.click("#log a.chip >> nth=0")
    page.frame_locator('iframe[name="source"]').locator("mark").wait_for(timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ink, paper = page.evaluate(
        "['#log .answer p', 'body'].map((name) => getComputedStyle(document.querySelector(name)))"
        ".map((style, index) => index ? style.backgroundColor : style.color)"
    )
    assert _light(ink) > _light(paper) + 0.5 if scheme == "dark" else _light(paper) > _light(ink) + 0.5
    context.close()


def _light(colour: str) -> float:
    parts = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3 / 255


def test_upload_and_validate(page: Any, site: str, tmp_path: Path) -> None:
    (tmp_path / "pump.txt").write_text("PUMP\n\nThe pump runs at 3,000 turns a minute.\n", encoding="utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    page.goto(f"{site}/corpus")
    page.wait_for_selector("#documents table")
    page.set_input_files("#files input[type=file]", [str(tmp_path / "pump.txt"), str(tmp_path / "scan.pdf")])
    page.wait_for_timeout(1500)
    page.click("#upload")
    page.wait_for_selector("#message .said", timeout=30_000)
    assert "1 added" in page.inner_text("#message .said")
    page.wait_for_selector("#quarantine td >> text=malformed", timeout=20_000)
    page.wait_for_selector("#documents td >> text=not validated", timeout=20_000)
    page.click("#chosen input")
    page.click("#chosen [role=option]:has-text('pump'), #chosen [role=option]:has-text('PUMP')")
    page.fill("#by textarea, #by input", "Grace")
    page.click("#validate")
    page.wait_for_selector("#message .said >> text=is now validated", timeout=20_000)
