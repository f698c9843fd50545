"""pypdfium2: extract only the text of a PDF."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium


def page_texts(path: Path) -> list[str]:
    """Return the text of each page."""
    document = pdfium.PdfDocument(path.read_bytes())
    texts = []
    for page in document:
        textpage = page.get_textpage()
        texts.append(textpage.get_text_range())
        textpage.close()
        page.close()
    document.close()
    return texts
