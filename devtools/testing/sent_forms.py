"""What a browser would send of a page's form on which nothing was changed: for tests that post whole pages."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser

NOT_SENT = {"submit", "button", "image", "reset", "file"}


class _SentForm(HTMLParser):
    """Collects the fields of the form with an id, or of the first form that is posted."""

    def __init__(self, identifier: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = defaultdict(list)
        self._identifier = identifier
        self._is_inside = False
        self._select: tuple[str, list[str], list[str]] | None = None
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "form":
            self._is_inside = found.get("id") == self._identifier
        elif not self._is_inside:
            return
        elif tag == "input" and name and found.get("type") not in NOT_SENT:
            if found.get("type") not in ("checkbox", "radio") or "checked" in found:
                self.fields[name].append(value or ("on" if found.get("type") == "checkbox" else ""))
        elif tag == "select":
            self._select = (name, [], [])
        elif tag == "option" and self._select:
            self._select[2 if "selected" in found else 1].append(value)
        elif tag == "textarea":
            self._text = (name, [])

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select" and self._select:
            name, others, selected = self._select
            self.fields[name] += selected or others[:1]
            self._select = None
        elif tag == "textarea" and self._text:
            name, parts = self._text
            # A line end at the very beginning is the tag's own; browsers send line ends as two characters.
            self.fields[name].append("".join(parts).removeprefix("\n").replace("\n", "\r\n"))
            self._text = None


def sent_form(page: str, identifier: str) -> dict[str, list[str]]:
    """Return the fields of a page's form as a browser sends them, without its buttons."""
    parser = _SentForm(identifier)
    parser.feed(page)
    return dict(parser.fields)
