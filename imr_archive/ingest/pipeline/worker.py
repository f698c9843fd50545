"""What a worker process does: the bytes of one file become a parsed letter, or an error that says why not.

Nothing here imports Django: a worker reads and parses, and never meets the database.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from imr_archive.errors import LetterError
from imr_archive.letters.reading import reading_of
from imr_archive.parsing.parser import parse_letter, parse_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from imr_archive.letters.reading import Reading
    from imr_archive.parsing.parsed import ParsedLetter


class ParserFailed(LetterError):
    """A fault of the archive's own, met while it read or stored a file."""

    code = "parser-failed"


def parse_content(content: bytes) -> ParsedLetter | LetterError:
    """Parse the bytes of one file; a fault of the parser costs its file, never the run."""
    try:
        return parse_letter(content)
    except LetterError as error:
        return error
    except Exception as error:
        return ParserFailed(f"The parser failed on this file ({_place(error)}).")


def parse_contents(content: bytes) -> tuple[ParsedLetter | LetterError, ...]:
    """Parse each letter of one file."""
    try:
        return parse_letters(content)
    except LetterError as error:
        return (error,)
    except Exception as error:
        return (ParserFailed(f"The parser failed on this file ({_place(error)})."),)


def read_content(
    content: bytes, parse: Callable[[bytes], ParsedLetter | LetterError] = parse_content, *, vectors: bool = False
) -> Reading | LetterError:
    """Parse the bytes of one file into what the writer takes; ``vectors`` adds those of its searchable texts."""
    parsed = parse(content)
    return parsed if isinstance(parsed, LetterError) else reading_of(parsed, vectors=vectors)


def _place(error: Exception) -> str:
    """Say what kind of error rose where. Its message is left out: it may hold clinical text."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}, {Path(last.filename).name} line {last.lineno}"
