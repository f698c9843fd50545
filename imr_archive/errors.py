"""The exceptions of the archive, in one tree. Each message is a sentence that can be shown to a person."""

from __future__ import annotations


class ArchiveError(Exception):
    """Base class of all errors that the archive raises on purpose."""


class LetterError(ArchiveError):
    """A file that cannot become a determination; ``code`` is the matching ``DiagnosticCode`` value."""

    code = ""


class SourceUnreadable(LetterError):
    """The bytes cannot be read as text: corrupt, encrypted, empty, scanned, or of a kind not accepted."""

    code = "source-unreadable"


class SourceRefused(LetterError):
    """The archive does not accept the file, because of its name, its kind or its origin."""

    code = "source-refused"


class NotADetermination(LetterError):
    """The text is readable, but it is not a final determination letter."""

    code = "not-a-determination"
