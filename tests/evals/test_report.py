"""Reports as HTML: everything shown is escaped, nothing is fetched."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from evals import report
from evals.statistics import Share

# Without what HTML cannot hold: control characters and surrogates.
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")))


@given(TEXTS)
def test_text_is_text_wherever_it_stands(text: str) -> None:
    pieces = [
        report.element("p", text),
        report.table([text], [[text]]),
        report.chart(text, {text: Share(count=1, total=3)}),
    ]
    for piece in pieces:
        root = ElementTree.fromstring(f"<r>{piece.html}</r>")
        assert not [each for each in root.iter() if each.tag in {"script", "img", "b", "x"}]
        assert text in {(each.text or "") for each in root.iter()}


def test_an_attack_in_an_answer_stays_words() -> None:
    page = report.page("<script>alert(1)</script>", ["</style><img src=x onerror=alert(1)>"])
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_report_needs_no_network_and_knows_dark_mode() -> None:
    page = report.page("Report", [report.chart("right", {"all": Share(count=3, total=4)})])
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "color-scheme: light dark" in page


def test_a_bar_is_as_long_as_its_share_and_names_its_interval() -> None:
    svg = ElementTree.fromstring(f"<r>{report.chart('t', {'a': Share(count=1, total=4)}).html}</r>")
    (bar,) = svg.iter("rect")
    assert float(bar.get("width", "0")) == 90.0
    assert "1/4 = 25.0%" in "".join(svg.itertext())
