"""HTML, Markdown, text, XML, Word and JSON Lines; telling formats apart; files that are not what they seem."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import readers
from corpus.errors import UnreadableFile
from corpus.passages import clean, split
from corpus.readers.jsonl import Row
from corpus.types import Failure, Parsed

SHA = "0" * 64


def read(text: str, name: str) -> Parsed:
    return readers.read(text.encode(), name)


def shown(parsed: Parsed) -> list[tuple[str, tuple[str, ...]]]:
    """Each block's clean text with its headings."""
    text = parsed.pages[0].text
    return [(clean(text[block.start : block.end]), block.headings) for block in parsed.blocks]


def texts(parsed: Parsed) -> list[str]:
    return [text for text, _ in shown(parsed)]


# -- HTML


def test_html_keeps_sections_lists_and_tables_and_drops_navigation() -> None:
    parsed = read(
        """<html><head><title>Pumps</title><meta name="author" content="A. Smith"></head><body>
        <nav>Home</nav><script>var x</script><h1>Guide</h1><p>One <b>bold</b>
        word, K<sub>LL</sub>.</p><h2>Use</h2><ul><li>fill</li><li><p>drain it</p></li></ul>
        <p>Table 1. Doses</p>
        <table><tr><th>Age</th><th></th><th>Dose</th></tr><tr><td>1</td><td>to 5</td><td>2 mg</td></tr></table>
        <table><tr><td>x</td></tr><tr><td>y</td><td>z</td></tr></table>
        <footer>Imprint</footer></body></html>""",
        "a.html",
    )
    assert parsed.title == "Pumps"
    assert parsed.metadata["author"] == "A. Smith"
    assert shown(parsed)[:3] == [
        ("One bold word, KLL.", ("Guide",)),
        ("fill", ("Guide", "Use")),
        ("drain it", ("Guide", "Use")),
    ]
    row = parsed.blocks[3]
    assert (row.kind, row.table_header) == ("table_row", "Table 1. Doses: Age |  | Dose")
    assert [block.kind for block in parsed.blocks[1:3]] == ["list_item", "list_item"]
    assert not any("Home" in text or "Imprint" in text or "var" in text for text in texts(parsed))


def test_an_act_set_in_layout_tables_has_articles_paragraphs_and_points() -> None:
    point = "<table><tr><td><p>({})</p></td><td><p>{}</p></td></tr></table>"
    parsed = read(
        "<html><body><p>CHAPTER IV</p><p>Controller and processor</p><p>Article 33</p><p>Notification of a breach</p>"
        "<p>1. The controller shall notify it.</p><p>3. The notification shall:</p>"
        + point.format("a", "describe the breach;")
        + point.format("b", "say who answers.")
        + "<p>Article 34</p><p>Communication</p><p>1. It shall be clear.</p></body></html>",
        "a.html",
    )
    article = ("CHAPTER IV Controller and processor", "Article 33 Notification of a breach")
    assert shown(parsed) == [
        ("1. The controller shall notify it.", (*article, "Article 33(1)")),
        ("3. The notification shall:", (*article, "Article 33(3)")),
        ("(a) describe the breach;", (*article, "Article 33(3)")),
        ("(b) say who answers.", (*article, "Article 33(3)")),
        ("1. It shall be clear.", (article[0], "Article 34 Communication", "Article 34(1)")),
    ]


def test_html_nested_without_end_and_html_without_text() -> None:
    assert texts(read("<div>" * 5000 + "deep", "a.html")) == ["deep"]
    with pytest.raises(UnreadableFile, match="no text"):
        read("<html><body><script>x</script></body></html>", "a.html")


@pytest.mark.data
def test_the_gdpr_can_be_cited_to_the_paragraph(shared_data: Path) -> None:
    file = shared_data / "documents/legal/GDPR_en.html"
    blocks = shown(readers.read(file.read_bytes(), file.name))
    found = [headings for text, headings in blocks if text.startswith("1. In the case of a personal data breach")]
    assert found[0][-2:] == (
        "Article 33 Notification of a personal data breach to the supervisory authority",
        "Article 33(1)",
    )


# -- Markdown


MARKDOWN = """---
title: "On pumps"
---
<!-- hidden -->
# Guide <a name="g"></a>

A **paragraph** of
two lines.

## 5.1 Use

* fill
* drain
  it

| Age | Dose |
|-----|------|
| 1   | 2 mg |

<table><tr><th>Sign</th><th>Meaning</th></tr>
<tr><td>red</td><td>stop</td></tr></table>

```
code here
```
"""


def test_markdown_is_the_file_itself_with_blocks_by_line() -> None:
    parsed = read(MARKDOWN, "a.md")
    assert parsed.pages[0].text == MARKDOWN
    assert parsed.title == "On pumps"
    assert [(block.kind, block.table_header) for block in parsed.blocks] == [
        ("paragraph", ""),
        ("list_item", ""),
        ("list_item", ""),
        ("table_row", "Age | Dose"),
        ("table_row", "Sign | Meaning"),
        ("code", ""),
    ]
    assert shown(parsed)[0] == ("A paragraph of two lines.", ("Guide",))
    assert shown(parsed)[2][1] == ("Guide", "5.1 Use")
    assert texts(parsed)[4] == "red stop"


def test_markdown_captions_go_to_their_table_and_running_heads_nowhere() -> None:
    body = "\n\n" + "word\n" * 12
    head = "\n\n".join(f"Text {n}.{body}\nOJ L, 12.7.2024 page {n}" for n in range(9))
    parsed = read(f"# A\n\n{head}\n\nTable 2. Doses\n\n| Age | Dose |\n|---|---|\n| one | two |\n", "a.md")
    assert parsed.blocks[-1].table_header == "Table 2. Doses: Age | Dose"
    assert [text for text in texts(parsed) if "word" not in text][:-1] == [f"Text {n}." for n in range(9)]


def test_lines_that_differ_by_their_numbers_alone_are_content() -> None:
    values = [f"The value of {n} is {n * n} mg" for n in range(40)]
    for name in ("a.md", "a.txt"):
        assert texts(read("\n\n".join(values), name)) == values


def test_markdown_articles() -> None:
    parsed = read("## Article 5: Prohibited\n\n**1.** The following is prohibited.\n\nSECTION 2\n\nMore.\n", "a.md")
    assert shown(parsed) == [
        ("1. The following is prohibited.", ("Article 5: Prohibited", "Article 5(1)")),
        ("More.", ("Article 5: Prohibited", "SECTION 2")),
    ]


def test_markdown_without_text() -> None:
    for text in ("<!-- nothing -->", "# Only a heading", "---\n---\n* * *"):
        with pytest.raises(UnreadableFile, match="no text"):
            read(text, "a.md")


# -- plain text


TEXT = """TIME AND PUMPS: A GUIDE

1. SCOPE

A paragraph that is
wrapped.

Use it:
- fill
- drain

Table 1. Levels
Low   1 bar   slow
Mid   2 bar   fast
High  3 bar   faster

Title
=====

The end.
"""


def test_text_has_headings_lists_and_tables() -> None:
    parsed = read(TEXT, "a.txt")
    assert parsed.pages[0].text == TEXT
    assert parsed.title == "TIME AND PUMPS: A GUIDE"
    assert texts(parsed)[0:4] == ["A paragraph that is wrapped.", "Use it:", "- fill", "- drain"]
    assert shown(parsed)[0][1] == ("1. SCOPE",)
    assert shown(parsed)[-1] == ("The end.", ("Title",))


def test_a_table_set_with_spaces_has_its_first_line_as_header() -> None:
    parsed = read("Table 1. Levels\n\nName  Level  Speed\nLow   1 bar  slow\nHigh  3 bar  fast\n", "a.txt")
    assert texts(parsed) == ["Low 1 bar slow", "High 3 bar fast"]
    assert {block.table_header for block in parsed.blocks} == {"Table 1. Levels: Name Level Speed"}


def test_text_that_is_but_a_heading_still_says_something() -> None:
    assert texts(read("PUMPS", "a.txt")) == ["PUMPS"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Überprüfen Sie die Größe der Öffnung, bevor Sie die Düse schließen. Das ist wichtig für die Prüfung."
    data = (b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.encode(encoding)
    assert texts(readers.read(data, "a.txt")) == [text]


def test_line_ends_of_any_system_and_nul() -> None:
    assert readers.read(b"one\r\ntwo\rthree", "a.txt").pages[0].text == "one\ntwo\nthree"


# -- XML


def test_questions_and_answers_in_xml() -> None:
    parsed = read(
        """<?xml version="1.0"?><Document url="https://x.org/a1c" source="NIH"><Focus>A1C</Focus><QAPairs><QAPair>
        <Question>What is A1C ?</Question><Answer>Summary : A blood test.    Results:       - normal
        - high</Answer></QAPair></QAPairs></Document>""",
        "a.xml",
    )
    assert (parsed.title, parsed.metadata) == ("A1C", {"url": "https://x.org/a1c", "source": "NIH"})
    assert shown(parsed)[0] == ("A blood test.", ("What is A1C?",))
    assert texts(parsed)[1:] == ["Results:", "- normal", "- high"]


def test_any_xml_has_titles_paragraphs_and_tables() -> None:
    parsed = read(
        """<doc><title>T</title><section title="One"><p>With <b>inline</b> text.</p><item>first</item></section>
        <table><caption>Table 1. Doses</caption><row><c>Age</c><c>Dose</c></row><row><c>1</c><c>2 mg</c></row></table>
        </doc>""",
        "a.xml",
    )
    assert shown(parsed)[0] == ("With inline text.", ("T", "One"))
    assert parsed.blocks[1].kind == "list_item"
    assert parsed.blocks[2].table_header == "Table 1. Doses: Age | Dose"


def test_xml_that_is_malformed_or_dangerous() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    for text, reason in [
        ("<a><b></a>", "malformed XML"),
        (bomb, "entities"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entities"),
        ("<a>" * 300 + "x" + "</a>" * 300, "nested more than"),
        ("<a/>", "no text"),
    ]:
        with pytest.raises(UnreadableFile, match=reason):
            read(f'<?xml version="1.0"?>{text}', "a.xml")


# -- Word


def word(build: Callable[[docx.document.Document], None]) -> bytes:
    document = docx.Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _guide(document: docx.document.Document) -> None:
    document.add_paragraph("A guide to pumps", style="Title")
    document.add_heading("Use", level=1)
    document.add_paragraph("Fill the pump. Start it.")
    document.add_paragraph("drain", style="List Bullet")
    document.add_paragraph("Table 1. Levels")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(table.rows, [("Level", "Speed"), ("1 bar", "slow"), ("both", "both")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    merged = table.rows[2].cells
    merged[0].merge(merged[1])


def test_word_documents() -> None:
    parsed = readers.read(word(_guide), "a.docx")
    assert parsed.title == "A guide to pumps"
    assert shown(parsed)[0] == ("Fill the pump. Start it.", ("A guide to pumps", "Use"))
    assert parsed.blocks[1].kind == "list_item"
    assert parsed.blocks[2].table_header == "Table 1. Levels: Level | Speed"
    assert texts(parsed)[2:] == ["1 bar | slow", "both both"]


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def test_word_documents_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = word(_guide)
    for data, reason in [
        (whole[: len(whole) // 2], "malformed Word document"),
        (_zip(word__document=b"x"), "malformed Word document"),
        (_zip(other=b"x"), "malformed Word document"),
        (b"just words", "not a Word file although its name says so"),
        (b"\xd0\xcf\x11\xe0 old office", "old or encrypted Office file"),
    ]:
        with pytest.raises(UnreadableFile, match=reason):
            readers.read(data, "a.docx")
    with pytest.raises(UnreadableFile, match="a zip archive that is no Word document"):
        readers.read(_zip(other=b"x"), "a.zip")
    from corpus.readers import docx as reader

    monkeypatch.setattr(reader, "LARGEST_UNPACKED", 1_000_000)
    with pytest.raises(UnreadableFile, match=r"expands to more than 1 MB \(a zip bomb\?\)"):
        readers.read(_zip(word__document=b"0" * 5_000_000), "a.docx")


def test_a_zip_that_lies_about_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.readers import docx as reader

    monkeypatch.setattr(reader, "LARGEST_UNPACKED", 1_000_000)
    size = (5_000_000).to_bytes(4, "little")
    data = _zip(word__document=b"0" * 5_000_000).replace(size, (10).to_bytes(4, "little"))
    with pytest.raises(UnreadableFile):
        readers.read(data, "a.docx")


# -- JSON Lines


def test_json_lines() -> None:
    good = {"id": "a", "text": "One. Two.", "title": "T", "url": "https://x.org"}
    lines = [json.dumps(good), "", "{bad", "[1]", '{"id": true, "text": "x"}', '{"id": 7, "text": " "}', '{"id": 7}']
    first, *failures = readers.jsonl_rows("\n".join(lines).encode())
    assert isinstance(first, Row)
    assert (first.id, first.title, first.url) == ("a", "T", "https://x.org")
    assert first.sha256 == hashlib.sha256(lines[0].encode()).hexdigest()
    assert [(each.path, each.reason) for each in failures if isinstance(each, Failure)] == [
        ("3", "not a line of JSON in UTF-8"),
        ("4", "not a JSON object"),
        ("5", "needs an `id`, a string or a whole number"),
        ("6", "needs a `text`, a string that is not empty"),
        ("7", "needs a `text`, a string that is not empty"),
    ]


def test_a_long_row_is_looked_through_for_sections() -> None:
    text = "1 SCOPE\n\n" + "This says something. " * 100
    (row,) = readers.jsonl_rows(json.dumps({"id": 1, "text": text, "title": 5}).encode())
    assert isinstance(row, Row)
    assert row.title == ""
    assert row.parsed.blocks[0].headings == ("1 SCOPE",)


def test_what_cannot_be_stored_is_replaced() -> None:
    (row,) = readers.jsonl_rows(b'{"id": "a", "text": "x\\u0000y \\ud800 z"}')
    assert isinstance(row, Row)
    assert row.parsed.pages[0].text == "x y \ufffd z"


# -- telling formats apart


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7", "a.html", "application/pdf"),
        (b"\n\n%PDF-1.7", "a", "application/pdf"),
        (b"<!DOCTYPE html><p>x", "a.txt", "text/html"),
        (b'<?xml version="1.0"?><html>x</html>', "a.xml", "text/html"),
        (b'<?xml version="1.0"?><a>x</a>', "a.txt", "application/xml"),
        (b"words", "a.MD", "text/markdown"),
        (b"words", "a.txt", "text/plain"),
        (b"<p>words", "a.htm", "text/html"),
        (b'{"id": 1}', "a.jsonl", "application/jsonl"),
    ],
)
def test_content_outweighs_the_name(data: bytes, name: str, kind: str) -> None:
    assert readers.media_type(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "^empty file$"),
        (b" \r\n\t\x00", "a.pdf", "^empty file$"),
        (b"words", "a.xyz", r"unsupported format: \.xyz"),
        (b"words", "a", "unsupported format: no file ending"),
        (b"\x89PNG\r\n\x00\x00", "a.txt", "unsupported format: a binary file"),
        (b"\x01\x02\x03\x04" * 50, "a.txt", "unsupported format: it is not text"),
    ],
)
def test_reasons(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        readers.read(data, name)


def test_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "LARGEST_TEXT", 10)
    with pytest.raises(UnreadableFile, match="of text"):
        readers.read(b"eleven bytes", "a.txt")
    monkeypatch.setattr(readers, "LARGEST_FILE", 10)
    with pytest.raises(UnreadableFile, match="larger than"):
        readers.read(b"eleven bytes", "a.txt")


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300), st.sampled_from([".txt", ".md", ".html", ".xml", ".docx", ".pdf", ".jsonl"]))
def test_bytes_never_crash_a_reader(data: bytes, suffix: str) -> None:
    with suppress(UnreadableFile):
        split(readers.read(data, f"a{suffix}"), document_id="d", sha256=SHA)


_MARKUP = st.text(alphabet=st.sampled_from("aB1.-*#|<>/`[]()_ \n\\&;="), max_size=200)


@settings(deadline=None, max_examples=150)
@given(_MARKUP, st.sampled_from([".txt", ".md", ".html"]))
def test_any_markup_is_read(text: str, suffix: str) -> None:
    with suppress(UnreadableFile):
        split(read(text, f"a{suffix}"), document_id="d", sha256=SHA)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize(
    "unit", ["<!--", "<script>", "[", "(", "* ", "|", "a. ", "    ", "<tr>", "_", "#", "\n- ", "> "]
)
def test_no_text_takes_for_ever(unit: str, suffix: str) -> None:
    started = time.perf_counter()
    with suppress(UnreadableFile):
        split(read("x" + unit * (20_000 // len(unit)) + "\ny", f"a{suffix}"), document_id="d", sha256=SHA)
    assert time.perf_counter() - started < 10
