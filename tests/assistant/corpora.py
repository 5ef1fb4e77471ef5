"""A small corpus for tests: a drug label, a statute, a PDF."""

from __future__ import annotations

from pathlib import Path

from assistant.ask import Assistant

LABEL = """# Examplin tablets

## 2 Dosage

### 2.1 Adults

The recommended starting dose of Examplin is 500 mg twice a day, given with meals.
The maximum dose of Examplin is 2,000 mg a day.

### 2.2 Kidney impairment

Examplin is contraindicated in patients with an eGFR below 30 mL/min.

| Kidney function | Highest dose a day |
|---|---|
| eGFR 45 to 59 | 1,000 mg |
| eGFR 30 to 44 | 500 mg |
"""
LAW = """# Example Act 2020

## Section 7 Notice

The tenant must give notice of at least two months before leaving.
The landlord may not charge a fee for the notice. <script>alert("law")</script>
"""


def fill(assistant: Assistant, folder: Path) -> None:
    """Take the small corpus in."""
    from fpdf import FPDF

    medical, legal, engineering = folder / "medical", folder / "legal", folder / "engineering"
    for each in (medical, legal, engineering):
        each.mkdir(exist_ok=True)
    (medical / "examplin.md").write_text(LABEL, encoding="utf-8")
    (legal / "act.md").write_text(LAW, encoding="utf-8")
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    pdf.add_page()
    pdf.multi_cell(0, 8, "Anchor bolts\n\nEvery anchor bolt shall be tightened to a torque of 85 newton metres.")
    pdf.output(str(engineering / "bolts.pdf"))
    for path, domain in ((medical, "medical"), (legal, "legal"), (engineering, "engineering")):
        report = assistant.library.ingest([path], domain=domain, validated_by="Ada")  # type: ignore[arg-type]
        assert report.added == 1, report
