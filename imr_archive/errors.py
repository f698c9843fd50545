"""The exceptions of the archive, in one tree. Each message is a sentence that can be shown to a person."""

from __future__ import annotations


class ArchiveError(Exception):
    """Anything the archive itself refuses."""


class LetterError(ArchiveError):
    """A file that cannot become a determination; ``code`` is the matching ``DiagnosticCode`` value."""

    code = ""


class SourceUnreadable(LetterError):
    """The bytes cannot be read as text: corrupt, encrypted, empty, scanned, or of a kind not accepted."""

    code = "source-unreadable"


class SourceRefused(LetterError):
    """The file is not one that the archive takes letters from: by its name, its kind, or where it came from."""

    code = "source-refused"


class NotADetermination(LetterError):
    """The text can be read and is no final determination letter."""

    code = "not-a-determination"
