"""Write synthetic letters to a folder as text or PDF, or as NDJSON, with the expected data on request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from imr_archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any, TextIO

    from devtools.synthetic.letters import SyntheticLetter

TRUTH_FILE = "expected.json"
LINES_AT_ONCE = 16  # more of them leave the processor's cache

# What a letter's text holds of the characters that JSON escapes. Replacing them takes a quarter of the encoder's time.
ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\f", "\\f"))


class ReportlabMissing(ArchiveError):
    """PDFs were asked for where reportlab is not installed."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many files of each kind were written."""

    texts: int
    pdfs: int


def write_ndjson(out: TextIO, letters: Iterable[SyntheticLetter], *, truth: bool = False) -> int:
    """Write each letter as a line ``{"name": …, "text": …}``, with ``truth`` also ``"truth": {…}``; return how many.

    The names are those that ``write_folder`` gives to text files.
    """
    written = 0
    lines = _ndjson(letters, truth=truth)
    while batch := list(islice(lines, LINES_AT_ONCE)):
        out.write("".join(batch))
        written += len(batch)
    return written


def _ndjson(letters: Iterable[SyntheticLetter], *, truth: bool) -> Iterator[str]:
    for letter in letters:
        text = letter.text
        for character, escape in ESCAPES:
            if character in text:
                text = text.replace(character, escape)
        name = f"{letter.name}.txt"
        row = f'{{"name": "{name}", "text": "{text}"'
        if truth:
            row += f', "truth": {json.dumps(letter.truth | {"file": name}, ensure_ascii=False)}'
        yield row + "}\n"


def write_folder(
    folder: Path, letters: Iterable[SyntheticLetter], *, pdf_every: int = 0, truth: bool = False
) -> Written:
    """Write each letter to a file of its own in ``folder``, every ``pdf_every``-th as a PDF (0: none).

    With ``truth``, ``expected.json`` in the same folder gets the data of every letter by its file name.
    """
    to_pdf = _pdf_renderer() if pdf_every else None
    folder.mkdir(parents=True, exist_ok=True)
    texts = pdfs = 0
    expected: dict[str, Any] = {}
    for number, letter in enumerate(letters, 1):
        if to_pdf and number % pdf_every == 0:
            name, content = f"{letter.name}.pdf", to_pdf(letter)
            pdfs += 1
        else:
            name, content = f"{letter.name}.txt", letter.text.encode()
            texts += 1
        (folder / name).write_bytes(content)
        if truth:
            expected[name] = letter.truth | {"file": name}
    if truth:
        text = json.dumps(expected, ensure_ascii=False, indent=1) + "\n"
        (folder / TRUTH_FILE).write_text(text, encoding="utf-8")
    return Written(texts, pdfs)


def _pdf_renderer() -> Callable[[SyntheticLetter], bytes]:
    try:
        from devtools.synthetic.page.pdf import render_pdf  # only a run that makes PDFs needs reportlab
    except ModuleNotFoundError as missing:
        message = "Making PDFs needs the package reportlab, which comes with the development requirements."
        raise ReportlabMissing(message) from missing
    return render_pdf
