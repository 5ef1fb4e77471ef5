"""Small PDFs made for tests: each draws what one rule of the reader is about."""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import FPDF


class Sheet(FPDF):
    """A document on which text is put where it is wanted."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format="A4")
        self.set_auto_page_break(auto=False)
        self.set_font("Helvetica", size=10)

    def put(self, x: float, y: float, text: str, *, size: float = 10, bold: bool = False) -> None:
        """Writes one line; y counts from the page's top."""
        self.set_font("Helvetica", "B" if bold else "", size)
        self.text(x, y, text)

    def lines(self, x: float, y: float, lines: Sequence[str], *, leading: float = 12) -> float:
        """Writes lines under each other; gives the place of the next one."""
        for line in lines:
            self.put(x, y, line)
            y += leading
        return y

    def data(self) -> bytes:
        """The file."""
        return bytes(self.output())


WRAPPED = (
    "The pump is started by hand and runs until the tank is full, which takes about ten minutes in",
    "winter and somewhat less in summer. The person who starts it stays beside it the whole time and",
    "writes the level down every two minutes, as the regulation that is quoted in section nine demands.",
    "When the tank is full the pump is stopped by hand as well, and its valve is closed at once.",
)
"""A paragraph of full lines."""
