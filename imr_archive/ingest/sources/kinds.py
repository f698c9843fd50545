"""Files that cannot be letters: by their first bytes, or because operating systems and office programs leave them."""

from __future__ import annotations

from typing import Final

# Enough for the mark of a disk image, which stands behind its first 16 sectors.
HEAD_BYTES = 40_000

# What a kind begins with, at which place. Marks of two bytes may begin a text as well and ask for a zero byte.
_MARKS: Final = (
    (0, b"\x89PNG\r\n", "an image (PNG)"),
    (0, b"\xff\xd8\xff", "an image (JPEG)"),
    (0, b"GIF8", "an image (GIF)"),
    (0, b"II*\0", "an image (TIFF)"),
    (0, b"MM\0*", "an image (TIFF)"),
    (0, b"8BPS\0", "an image (Photoshop)"),
    (8, b"WEBPVP8", "an image (WebP)"),
    (4, b"ftypheic", "an image (HEIC)"),
    (4, b"ftypmif1", "an image (HEIC)"),
    (4, b"ftyp", "a video (MP4)"),
    (4, b"moov", "a video (QuickTime)"),
    (0, b"\x1a\x45\xdf\xa3", "a video (Matroska)"),
    (8, b"AVI LIST", "a video (AVI)"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a video (Windows Media)"),
    (0, b"\0\0\x01\xba", "a video (MPEG)"),
    (8, b"WAVEfmt ", "a sound (WAV)"),
    (0, b"ID3\x03\0", "a sound (MP3)"),
    (0, b"ID3\x04\0", "a sound (MP3)"),
    (0, b"OggS\0", "a sound or video (Ogg)"),
    (0, b"fLaC\0", "a sound (FLAC)"),
    (32_769, b"CD001", "a disk image (ISO)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document of the old kind"),
    (0, b"SQLite format 3\0", "a database (SQLite)"),
    (0, b"\x7fELF", "a program"),
)
# The first file in the zip that an office document is.
_OFFICE_PARTS: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument"

_SYSTEM_FILES: Final = {"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".localized", "icon\r"}
_SYSTEM_FOLDERS: Final = {
    "@eadir",
    "__macosx",
    "$recycle.bin",
    "#recycle",
    "@recycle",
    "system volume information",
    "lost+found",
    ".appledouble",
    ".trashes",
    ".spotlight-v100",
    ".fseventsd",
}
# Owner files of Word and LibreOffice, and resource forks of macOS.
_SYSTEM_PREFIXES: Final = ("~$", ".~lock.", "._")


def foreign_kind(head: bytes) -> str:
    """Name the kind of a file that cannot be a letter by its first bytes; return the empty text for any other."""
    for place, mark, kind in _MARKS:
        if head.startswith(mark, place):
            return kind
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        return "a program (Windows)"
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "an image (BMP)"
    if head.startswith(b"PK\x03\x04") and head.startswith((*_OFFICE_PARTS, _OPEN_DOCUMENT), 30):
        return "an office document"
    return ""


def is_system_file(name: str) -> bool:
    """Return whether a file or folder of this name is one that systems and office programs leave beside documents."""
    small = name.lower()
    return small in _SYSTEM_FILES or small in _SYSTEM_FOLDERS or small.startswith(_SYSTEM_PREFIXES)
