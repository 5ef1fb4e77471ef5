"""Where each third-party library lives: the map, and that the code keeps to it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("corpus", "guards", "assistant")

HOMES: dict[str, tuple[str, ...]] = {
    # documents in
    "pypdf": ("corpus/readers/pdf.py",),
    "bs4": ("corpus/readers/html.py",),
    "defusedxml": ("corpus/readers/xml.py",),
    "docx": ("corpus/readers/docx.py", "corpus/starter/make_documents.py"),
    "markdown_it": ("corpus/readers/markdown.py",),
    "charset_normalizer": ("corpus/readers/__init__.py",),
    "fpdf": ("corpus/starter/make_documents.py",),
    # kept and found
    "sqlalchemy": ("corpus/", "assistant/conversations.py", "assistant/ratings/store.py"),
    "filelock": ("corpus/ingest/lock.py", "assistant/policy/versions.py"),
    "chromadb": ("corpus/vectors.py",),
    "onnxruntime": ("corpus/embedding.py",),
    "tokenizers": ("corpus/embedding.py",),
    "numpy": ("corpus/", "assistant/policy/", "guards/grounding/", "guards/integrity/requests.py"),
    "llama_index": ("corpus/llama_index.py",),
    # shown
    "pypdfium2": ("corpus/render.py",),
    "PIL": ("corpus/render.py",),
    "gradio": ("assistant/app.py", "assistant/pages/"),
    "fastapi": ("assistant/api.py", "assistant/app.py", "assistant/pages/"),
    "starlette": ("assistant/api.py",),  # the errors under fastapi
    "uvicorn": ("assistant/commands.py",),
    "typer": ("assistant/cli.py",),
    "click": ("assistant/cli.py",),
    "rich": ("assistant/terminal.py",),
    # language models
    "langchain_core": ("assistant/prompts.py", "assistant/generators/", "assistant/runnable.py"),
    "langchain_openai": ("assistant/generators/openai_like.py",),
    "openai": ("assistant/generators/openai_like.py",),
    "httpx": ("assistant/generators/openai_like.py", "corpus/embedding.py"),
    "xllamacpp": ("assistant/generators/llama_worker.py",),
    # checked
    "guardrails": ("guards/validators/adapter.py",),
    "pydantic": ("assistant/settings.py", "assistant/api.py", "assistant/generators/"),
    "pydantic_settings": ("assistant/settings.py",),
}
"""Library → the files, or folders ending in a slash, that may import it."""

FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Top-level names of the third-party modules that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in (*ROOMS, "evals"):
                yield top


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_where_they_live(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    strays = {
        name
        for name in imports(path)
        if not any(place.startswith(home) if home.endswith("/") else place == home for home in HOMES.get(name, ()))
    }
    assert not strays, f"{place} imports {sorted(strays)}; see HOMES for where a library lives"


def test_the_map_names_no_file_that_is_gone() -> None:
    gone = [home for homes in HOMES.values() for home in homes if not (ROOT / home).exists()]
    assert gone == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_package_registry_is_named() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org")
    texts = [*ROOT.glob("*.*"), ROOT / "Makefile", ROOT / ".ci" / "run", *FILES]
    for path in texts:
        if path.is_file() and path.suffix not in (".coverage",):
            text = path.read_bytes()
            assert not any(host.encode() in text for host in hosts), f"{path.name} names a registry"
