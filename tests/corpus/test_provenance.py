"""Manifests, and what becomes of a document's provenance when it is ingested again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ManifestError
from corpus.provenance import Entry, find_circle, load, provenance_of
from corpus.types import Provenance

TODAY = date(2026, 5, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a few files to speak of."""
    for name in ("a.pdf", "b.pdf", "rows.jsonl"):
        (tmp_path / name).write_text("x")
    return tmp_path


def write(folder: Path, text: str, name: str = "manifest.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_toml_gives_every_field(folder: Path) -> None:
    manifest = write(
        folder,
        """
        [[document]]
        file = "a.pdf"
        id = "label-2025"
        title = "Label"
        publisher = "Agency"
        edition = 3
        series = "label"
        published = 2025-03-01
        valid_until = "2027-01-31"
        scope = "adults"
        licence = "public"
        url = "https://example.org/a"
        sources = ["one", "two"]
        supersedes = ["label-2022", "label-2020", "label-2022"]
        validated_by = "Dr Who"
        validated_on = 2026-01-31
        sha256 = "2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881"
        """,
    )
    assert load(manifest) == {
        folder / "a.pdf": Entry(
            file=folder / "a.pdf",
            id="label-2025",
            sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
            provenance=Provenance(
                title="Label",
                publisher="Agency",
                edition="3",
                series="label",
                published=date(2025, 3, 1),
                valid_until=date(2027, 1, 31),
                scope="adults",
                licence="public",
                url="https://example.org/a",
                sources=("one", "two"),
                supersedes=("label-2020", "label-2022"),
                validated_by="Dr Who",
                validated_on=date(2026, 1, 31),
            ),
        )
    }


def test_csv_says_the_same_as_toml(folder: Path) -> None:
    toml = write(
        folder,
        '[[document]]\nfile="a.pdf"\ntitle="A, B"\nsources=["x","y z"]\npublished=2020-01-02\n'
        '[[document]]\nfile="b.pdf"\n',
    )
    table = write(
        folder,
        '\ufefffile, title, sources, published\na.pdf,"A, B", x; y z ;,2020-01-02\nb.pdf,,,\n',
        "manifest.csv",
    )
    assert load(table) == load(toml)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[document]]\nfile="a.pdf"\nauthor="me"\n', "line 3: unknown key 'author'"),
        ('[[document]]\nfile="a.pdf"\n\npublished="soon"\n', "line 4: published must be a date like 2026-01-31"),
        ('[[document]]\nfile="a.pdf"\npublished=2026-13-01\n', "manifest.toml: "),
        ('[[document]]\nfile="none.pdf"\n', "line 2: no such file: none.pdf"),
        ('[[document]]\ntitle="T"\n', "line 1: 'file' is missing"),
        ('[[document]]\nfile="a.pdf"\n[[document]]\nfile="./a.pdf"\n', "line 4: a.pdf is listed twice"),
        (
            '[[document]]\nfile="a.pdf"\nid="x"\n[[document]]\nfile="b.pdf"\nid="x"\n',
            "line 6: the id 'x' is given twice",
        ),
        ('[[document]]\nfile="a.pdf"\nsha256="beef"\n', "line 3: sha256 must be 64 hexadecimal digits"),
        ('[[document]]\nfile="rows.jsonl"\nid="x"\n', "line 3: the ids of a JSON Lines file"),
        ('[[document]]\nfile="a.pdf"\nsources=[1]\n', "line 3: sources must be a list of texts"),
        ('[[document]]\nfile="a.pdf"\ntitle=["t"]\n', "line 3: title must be a text"),
        ('title="x"\n', "expected [[document]] tables only, found 'title'"),
        ('document="x"\n', "expected [[document]] tables only, found 'document'"),
        ("[[document]\n", "manifest.toml: "),
        (
            '[[document]]\nfile="a.pdf"\nid="x"\nsupersedes=["b"]\n[[document]]\nfile="b.pdf"\nsupersedes=["x"]\n',
            "in a circle: x → b → x",
        ),
    ],
)
def test_a_bad_manifest_is_one_line_with_its_place(folder: Path, text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load(write(folder, text))
    assert message in str(caught.value)
    assert "manifest.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,title\na.pdf,x\n", "'file' among them"),
        ("", "'file' among them"),
        ("file,title\na.pdf\n", "line 2: 2 columns expected"),
        ("file,title\na.pdf,x,y\n", "line 2: 2 columns expected"),
        ("file,published\nb.pdf,\na.pdf,1 May\n", "line 3: published must be a date"),
        ('file,title\na.pdf,"x\n', "line 2: "),
        ("file,colour\na.pdf,red\n", "line 2: unknown key 'colour'"),
    ],
)
def test_a_bad_table_is_one_line_with_its_place(folder: Path, text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load(write(folder, text, "manifest.csv"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_manifest_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(ManifestError, match="No such file"):
        load(folder / "none.toml")
    with pytest.raises(ManifestError, match=r"\.toml or \.csv"):
        load(write(folder, "", "manifest.yaml"))
    (folder / "latin.toml").write_bytes(b'[[document]]\nfile="a.pdf"\ntitle="caf\xe9"\n')
    with pytest.raises(ManifestError, match="not UTF-8"):
        load(folder / "latin.toml")


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefg"), max_size=3).map(tuple)))
def test_a_circle_is_found_exactly_when_there_is_one(edges: dict[str, tuple[str, ...]]) -> None:
    circle = find_circle(edges)
    remaining = dict(edges)  # what can be peeled off, leaf by leaf, has no circle
    while leaves := [name for name, older in remaining.items() if not any(one in remaining for one in older)]:
        for name in leaves:
            del remaining[name]
    assert bool(circle) == bool(remaining)
    if circle:
        assert circle[0] == circle[-1]
        assert all(after in edges[before] for before, after in pairwise(circle))


def test_a_long_chain_is_no_circle() -> None:
    assert find_circle({str(n): (str(n + 1),) for n in range(5000)}) == ()


def provenance(**changes: object) -> Provenance:
    return provenance_of(
        **{  # type: ignore[arg-type]
            "entry": None,
            "before": None,
            "same_bytes": False,
            "title": "Stated",
            "validated_by": "",
            "today": TODAY,
        }
        | changes
    )


def entry(**fields: object) -> Entry:
    return Entry(file=Path("/a.pdf"), provenance=Provenance(**{"title": "", **fields}))  # type: ignore[arg-type]


KNOWN = Provenance(title="Stated", publisher="Agency", validated_by="Ann", validated_on=date(2025, 1, 1))


def test_a_new_document_goes_by_its_own_title_and_is_unvalidated() -> None:
    assert provenance() == Provenance(title="Stated")
    assert provenance(entry=entry(url="u"), stated_url="v") == Provenance(title="Stated", url="u")
    assert provenance(stated_url="v") == Provenance(title="Stated", url="v")
    assert provenance(validated_by="Bob") == Provenance(title="Stated", validated_by="Bob", validated_on=TODAY)


def test_new_bytes_lose_their_validation_and_keep_the_rest() -> None:
    assert provenance(before=KNOWN, same_bytes=True) == KNOWN
    assert provenance(before=KNOWN) == replace(KNOWN, validated_by="", validated_on=None)
    assert provenance(before=KNOWN, validated_by="Bob").validated_by == "Bob"
    assert provenance(before=KNOWN, same_bytes=True, validated_by="Bob") == KNOWN


def test_a_manifest_replaces_what_was_known_and_validates_only_if_it_says_so() -> None:
    silent = entry(series="s")
    assert provenance(entry=silent, before=KNOWN, same_bytes=True) == Provenance(
        title="Stated", series="s", validated_by="Ann", validated_on=date(2025, 1, 1)
    )
    assert provenance(entry=silent, before=KNOWN) == Provenance(title="Stated", series="s")
    vouching = entry(validated_by="Cy", validated_on=date(2026, 2, 2))
    assert provenance(entry=vouching, before=KNOWN, validated_by="Bob") == Provenance(
        title="Stated", validated_by="Cy", validated_on=date(2026, 2, 2)
    )


@pytest.mark.parametrize("same_bytes", [True, False])
def test_a_withdrawal_outlives_everything(same_bytes: bool) -> None:
    withdrawn = replace(KNOWN, withdrawn_by="Zoe", withdrawn_on=TODAY)
    for given_entry in (None, entry(validated_by="Cy")):
        result = provenance(entry=given_entry, before=withdrawn, same_bytes=same_bytes, validated_by="Bob")
        assert (result.withdrawn_by, result.withdrawn_on) == ("Zoe", TODAY)
