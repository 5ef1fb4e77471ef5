"""The pages in a real headless Chromium, as a person uses them."""

from __future__ import annotations

import io
import re
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
from assistant.pages import chat
from assistant.settings import load
from corpus.starter import starter_paths

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip
EVIL = """# Mascots <script>alert(3)</script>

The mascot of Exampletown is a heron <img src=x onerror=alert(4)> called ${alert(5)} {{Bob}} ![a](http://a.example/b).
"""
LONG = 60_000
"""Milliseconds; other tests may be running on the same processor."""

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
    (folder / "mascots.md").write_text(EVIL, encoding="utf-8")
    example = starter_paths()["engineering"][0] / "fall-protection.pdf"
    assistant.library.ingest([folder / "mascots.md", example], domain="engineering", validated_by="<b>Eve</b>")
    conversations = Conversations(folder)
    server = uvicorn.Server(
        uvicorn.Config(create_app(assistant, conversations), host="127.0.0.1", port=0, log_level="error")
    )
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
def visitor(browser: Any, site: str) -> Iterator[Any]:
    """Makes fresh visitors; whatever a page of theirs asks of another host, or breaks, fails the test."""
    contexts: list[Any] = []
    asked: list[str] = []
    wrong: list[str] = []

    def visit(width: int = 1400, height: int = 900, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.set_default_timeout(LONG)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"a script ran: {dialog.message}"))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not [url for url in asked if not url.startswith((f"{site}/", "blob:", "data:", "about:"))]
    assert wrong == []


@pytest.fixture
def page(visitor: Any) -> Any:
    """A fresh visitor at a wide window."""
    return visitor()


def ask(page: Any, site: str, question: str, *, fresh: bool = True) -> None:
    if fresh:
        page.goto(site)
    page.wait_for_selector("#question textarea")
    page.fill("#question textarea", question)
    page.click("#send")
    page.wait_for_selector(f"#now .asked:has-text('{question[:20]}') + .answer:not([aria-busy])")


def source(page: Any) -> Any:
    return page.frame_locator('iframe[name="source"]')


BOLTS = "To which torque shall every anchor bolt be tightened?"
DOSE = "What is the recommended starting dose of Examplin?"


def test_a_citation_opens_the_page_with_its_words_marked_and_survives_a_reload(page: Any, site: str) -> None:
    ask(page, site, BOLTS)
    assert "85 newton metres" in page.inner_text("#now .answered")
    for again in (False, True):
        if again:
            page.wait_for_function("location.search.startsWith('?c=')")
            page.reload()
            page.wait_for_selector("#now a.chip")
            assert "85 newton metres" in page.inner_text("#now .answered")
            assert "torque" in page.inner_text("#earlier [aria-current]")
        page.click("#now a.chip >> nth=0")
        source(page).locator("mark#quote").wait_for()
        assert "85 newton metres" in source(page).locator("blockquote").inner_text()
        assert "validated by Ada" in source(page).locator(".facts").inner_text()
        width = source(page).locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
        assert width == 1000
        assert yellow(source(page).locator("mark#quote").screenshot()) > 0.5
        assert "/pages/1?start=" in page.get_attribute("#source-own", "href")


def yellow(png: bytes) -> float:
    """Share of the picture's points that are."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    points = [image.getpixel((x, y)) for x in range(0, image.width, 2) for y in range(0, image.height, 2)]
    return sum(red > 200 and blue < red - 40 for red, _, blue in points) / len(points)  # type: ignore[misc, operator]


def test_by_keyboard_alone(page: Any, site: str) -> None:
    page.goto(site)
    page.wait_for_selector("#question textarea")
    page.focus("#question textarea")
    page.keyboard.type(DOSE)
    page.keyboard.press("Enter")
    page.wait_for_selector("#now a.chip")
    page.wait_for_selector("#now .answer:not([aria-busy])")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "chip":
            break
    else:
        pytest.fail("the citation cannot be reached by keyboard")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    source(page).locator("mark").wait_for()
    assert page.evaluate("document.activeElement.id") == "source-close"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "chip"
    assert not page.is_visible("#source-page")


def test_a_page_that_loads_late_does_not_wipe_the_answer_away(
    page: Any, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = chat._View._shown

    def late(view: Any, conversation: str) -> Any:
        time.sleep(4)
        return shown(view, conversation)

    monkeypatch.setattr(chat._View, "_shown", late)
    ask(page, site, DOSE)
    page.wait_for_timeout(5000)
    assert page.locator("#now .answer").count() == 1
    page.wait_for_function("location.search.startsWith('?c=')")


def test_conversations_are_listed_opened_renamed_and_deleted(page: Any, site: str) -> None:
    ask(page, site, DOSE)
    page.wait_for_function("location.search.startsWith('?c=')")
    ask(page, site, "What is the highest dose for eGFR 30 to 44?", fresh=False)
    assert page.locator("#past .answer").count() == 1
    page.click("#earlier a.new")
    page.wait_for_selector(".welcome")
    page.wait_for_function("location.search === ''")
    mine = "#earlier li:has-text('recommended starting dose') >> nth=0"
    page.click(f"{mine} >> a")
    page.wait_for_selector("#past .asked:has-text('Examplin')")
    page.wait_for_function("location.search.startsWith('?c=')")
    page.click(f"{mine} >> summary")
    page.click(f"{mine} >> text=Rename")
    page.fill("#earlier input", "Kidneys & <b>doses</b>")
    page.keyboard.press("Enter")
    page.wait_for_selector("#earlier a:has-text('Kidneys & <b>doses</b>')")
    renamed = "#earlier li:has-text('Kidneys')"
    page.click(f"{renamed} >> summary")
    page.click(f"{renamed} >> text=Delete")
    page.click(f"{renamed} >> text=Delete for good?")
    page.wait_for_selector(renamed, state="detached")
    page.wait_for_selector(".welcome")
    page.wait_for_function("location.search === ''")


def test_an_example_answers_itself(page: Any, site: str) -> None:
    page.goto(site)
    page.click(".offers button:has-text('low-slope roof')")
    page.wait_for_selector("#now .asked:has-text('low-slope roof') + .answer:not([aria-busy])")
    assert page.locator(".offers").count() == 0


def test_abstains_in_words(page: Any, site: str) -> None:
    ask(page, site, "Which vaccine protects camels against lightning in Peru?")
    assert "The documents don't say." in page.inner_text("#now .abstained")


def test_what_people_and_documents_write_is_text(page: Any, site: str) -> None:
    ask(page, site, "<img src=x onerror=alert(1)> ${alert(2)} What is the mascot of Exampletown?")
    assert "<img src=x" in page.inner_text("#now .asked")
    assert page.locator("#now img").count() == 0
    page.goto(f"{site}/documents/mascots/pages/1")
    assert "<img src=x onerror=alert(4)>" in page.inner_text("pre")
    assert page.locator("pre img").count() == 0
    assert "<b>Eve</b>" in page.inner_text(".facts")
    page.goto(f"{site}/corpus")
    page.wait_for_selector("#documents td >> text=<b>Eve</b> >> nth=0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone(visitor: Any, site: str, scheme: str) -> None:
    page = visitor(390, 844, scheme)
    ask(page, site, BOLTS)
    ink, paper = page.evaluate(
        "['#now .answer p', '.gradio-container'].map((name) => getComputedStyle(document.querySelector(name)))"
        ".map((style, index) => index ? style.backgroundColor : style.color)"
    )
    assert _light(ink) > _light(paper) + 0.5 if scheme == "dark" else _light(paper) > _light(ink) + 0.5
    page.click("#now a.chip >> nth=0")
    source(page).locator("mark#quote").wait_for()
    page.click("#source-close")
    assert not page.is_visible("#earlier")
    page.click(".bar .menu")
    page.wait_for_selector("#earlier a.new", state="visible")
    assert page.get_attribute(".bar .menu", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{site}/corpus")
    page.wait_for_selector("#documents table")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _light(colour: str) -> float:
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    return sum(parts) / 3 / 255


def test_upload_review_and_cite(page: Any, site: str, tmp_path: Path) -> None:
    (tmp_path / "pump.txt").write_text("PUMP\n\nThe pump runs at 3,000 turns a minute.\n", encoding="utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    page.goto(f"{site}/corpus")
    page.wait_for_selector("#documents table")
    page.click("#validate")
    page.wait_for_selector("#changed .said >> text=Choose a document first")
    page.click("#upload")
    page.wait_for_selector("#taken .said >> text=Choose files first")
    page.set_input_files("#files input[type=file]", [str(tmp_path / "pump.txt"), str(tmp_path / "scan.pdf")])
    page.wait_for_selector("#files >> text=pump")
    page.click("#into label:has-text('Engineering')")
    page.click("#upload")
    page.wait_for_selector("#taken .said >> text=1 added")
    page.wait_for_selector("#taken [role=alert] >> text=scan.pdf was not taken in")
    page.wait_for_selector("#quarantine td >> text=malformed")
    page.fill("#words input, #words textarea", "pump")
    page.wait_for_selector("#documents tbody tr:only-child .badge.unvalidated")
    page.click("#documents button[data-choose]")
    page.wait_for_selector("#chosen >> text=pump.txt")
    page.click("#validate")
    page.wait_for_selector("#changed [role=alert] >> text=name is needed")
    page.fill("#by textarea, #by input", "Grace")
    page.click("#validate")
    page.wait_for_selector("#changed .said >> text=is now validated")
    page.wait_for_selector("#documents .badge.validated")
    ask(page, site, "At how many turns a minute does the pump run?")
    assert "3,000" in page.inner_text("#now .answered")
