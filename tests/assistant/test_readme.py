"""README keeps up with the program: settings, statuses, commands, the manifest it shows, the files it links."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from assistant.settings import Settings
from corpus.types import DOMAINS, Provenance, Status

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README has no section {title!r}"
    return found[1]


def test_every_setting_is_listed_and_no_other() -> None:
    rows = [line.split("|")[1] for line in section("Settings").splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(Settings.model_fields)


@pytest.mark.parametrize("name", ["model", "llm_timeout_s", "llm_tokens", "passages", "host", "port"])
def test_defaults_are_those_of_the_program(name: str) -> None:
    row = next(line for line in section("Settings").splitlines() if line.startswith("|") and f"`{name}`" in line)
    default = Settings.model_fields[name].default
    assert f"`{int(default) if isinstance(default, float) else default}`" in row


def test_every_status_is_explained() -> None:
    rows = {line.split("|")[1].strip() for line in section("Statuses").splitlines() if line.startswith("| ")}
    assert set(get_args(Status)) <= rows


def test_the_manifest_shown_is_one(tmp_path: Path) -> None:
    from corpus import provenance

    shown = re.search(r"```toml\n(.*?)```", section("Manifest"), re.DOTALL)
    assert shown
    (table,) = tomllib.loads(shown[1])["document"]
    given = {field.name for field in fields(Provenance)} - {"withdrawn_by", "withdrawn_on"}
    assert set(table) == given | {"file", "id", "sha256"}
    document = tmp_path / table["file"]
    document.parent.mkdir()
    document.write_bytes(b"")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(shown[1].replace('sha256 = "…"', f'sha256 = "{"0" * 64}"'), encoding="utf-8")
    (entry,) = provenance.load(manifest).values()
    assert entry.provenance.validated_by == "Ada Example"


def test_files_it_links_exist() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_starter_corpus_is_as_large_as_it_says() -> None:
    from corpus.starter import starter_paths

    assert "twelve or more a domain" in " ".join(section("Documents and their provenance").split())
    for domain in DOMAINS:
        assert len(list(starter_paths()[domain][0].iterdir())) >= 12
