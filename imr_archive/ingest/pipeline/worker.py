"""What a worker process does: the bytes of one file become a parsed letter, or an error that says why not.

Nothing here imports Django: a worker reads and parses, and never meets the database.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from imr_archive.errors import LetterError
from imr_archive.ingest.screening.screen import screen
from imr_archive.letters.reading import Reading, reading_of
from imr_archive.parsing.parser import parse_file, parse_letter, parse_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from imr_archive.parsing.parsed import ParsedLetter
    from imr_archive.parsing.source.letters import LetterPart

    Read = Reading | LetterError | tuple["PartOfFile", ...]
    Parsed = ParsedLetter | tuple[LetterPart, ...] | LetterError


class ParserFailed(LetterError):
    """A fault of the archive's own, met while it read or stored a file."""

    code = "parser-failed"


class PartOfFile(msgspec.Struct, frozen=True):
    """One letter of a file that holds several: its own bytes, the ending of its name, and what was read of it."""

    content: bytes
    ending: str
    reading: Reading | None
    error: LetterError | None = None


def parse_received(content: bytes) -> Parsed:
    """Parse the bytes of one file that is received, which may hold several letters; faults as for ``parse_content``."""
    try:
        return parse_file(content)
    except LetterError as error:
        return error
    except Exception as error:
        return ParserFailed(f"The parser failed on this file ({_place(error)}).")


def parse_content(content: bytes) -> ParsedLetter | LetterError:
    """Parse the bytes of one file that holds one letter; a fault of the parser costs its file, never the run."""
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
    """Parse the bytes of one letter into what the writer takes; ``vectors`` adds those of its searchable texts."""
    parsed = parse(content)
    return parsed if isinstance(parsed, LetterError) else _screened(parsed, vectors=vectors)


def read_received(content: bytes, parse: Callable[[bytes], Parsed] = parse_received, *, vectors: bool = False) -> Read:
    """Parse the bytes of one file as ``read_content`` does, or each of its letters on its own.

    The bytes of such a letter are its text, so that it is read again, exported and withdrawn like any other file.
    """
    parsed = parse(content)
    if isinstance(parsed, tuple):
        return tuple(_part_of_file(number, part, vectors=vectors) for number, part in enumerate(parsed, 1))
    return parsed if isinstance(parsed, LetterError) else _screened(parsed, vectors=vectors)


def _part_of_file(number: int, part: LetterPart, *, vectors: bool) -> PartOfFile:
    content = part.text.encode(errors="replace")
    ending = f"letter-{number}-of-{part.letters_in_file}-pages-{part.first_page}-to-{part.last_page}.txt"
    read = read_content(content, vectors=vectors)
    if isinstance(read, LetterError):
        return PartOfFile(content, ending, None, read)
    return PartOfFile(content, ending, read)


def _screened(letter: ParsedLetter, *, vectors: bool) -> Reading:
    return msgspec.structs.replace(reading_of(letter, vectors=vectors), findings=screen(letter))


def _place(error: Exception) -> str:
    """Say what kind of error rose where. Its message is left out: it may hold clinical text."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}, {Path(last.filename).name} line {last.lineno}"
