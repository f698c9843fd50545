"""Decode plain text in any usual encoding, and refuse files of other kinds by their first bytes."""

from __future__ import annotations

import re

from imr_archive.errors import SourceUnreadable

_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document of the old kind"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

# Control characters that no text holds, "\x07\x08" for one.
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def refuse_foreign_kinds(data: bytes, label: str) -> None:
    """Raise ``SourceUnreadable`` for a file that is known to be of another kind."""
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise SourceUnreadable(f"{label} is {kind}; only PDF and plain text can be read.")


def decode(data: bytes) -> str:
    """Return the text of the bytes: by their mark, as unmarked UTF-16, as UTF-8, else as Windows-1252."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").removeprefix("\ufeff")
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Latin text in UTF-16 without its mark holds a zero in nearly every second byte.
    if max(even, odd) > len(sample) * 0.3:
        return data.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
