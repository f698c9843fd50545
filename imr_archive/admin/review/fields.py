"""Form fields of the review: printed texts, dates, and any number of canonical names, each with its words lit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from imr_archive.admin.review.names import NameList

_BLANKS = 1
# What the column of states holds.
_LONGEST_NAME = 60


class PrintedText(forms.CharField):
    """A text as printed; line ends as browsers send them make no difference."""

    def __init__(self, *, rows: int = 0, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        super().__init__(**{"required": False, "strip": False, "widget": widget} | options)

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare with plain line ends."""
        return super().has_changed(initial, (data or "").replace("\r\n", "\n"))


class PrintedDay(forms.DateField):
    """A day, in the browser's own date field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare days; the stored one is text."""
        return super().has_changed(self.to_python(initial), data)


class NamesInput(forms.Widget):
    """One text input for each of several names, and an empty one; ``names`` is the list that they are completed from.

    ``spans`` are the places of the words that state each name.
    """

    use_fieldset = True

    def __init__(self, names: NameList, label: str) -> None:
        super().__init__()
        self.names = names
        self.label = label
        self.spans: Sequence[str] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the names that were typed."""
        typed = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        cleaned = (each.replace("\x00", "").strip() for each in typed)
        return [each for each in cleaned if each]

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Render the inputs."""
        values = [*(value or []), *[""] * _BLANKS]
        identifier = (attrs or {}).get("id", name)
        inputs = (
            (
                f"{identifier}-{number}" if number else identifier,
                name,
                typed,
                f"{self.names.identifier}-list",
                f"{self.label} {number + 1}",
                format_html(' data-span="{}"', span) if (span := self._span(number)) else "",
            )
            for number, typed in enumerate(values)
        )
        pattern = '<input type="text" id="{}" name="{}" value="{}" list="{}" aria-label="{}" autocomplete="off"{}>'
        return format_html_join("\n", pattern, inputs)

    def _span(self, number: int) -> str:
        return self.spans[number] if number < len(self.spans) else ""


class NamesField(forms.Field):
    """Any number of names, each once. ``is_open`` also takes names that the list does not have.

    What is typed and shown are names; the value is slugs, or names where the list's slugs are names.
    """

    def __init__(self, names: NameList, *, label: str, is_open: bool = False) -> None:
        super().__init__(required=False, label=label, widget=NamesInput(names, label))
        self.names = names
        self.is_open = is_open

    def prepare_value(self, value: Any) -> list[str]:
        """Return the names to show."""
        return [self.names.name_of(each) for each in value or []]

    def to_python(self, value: Any) -> list[str]:
        """Return what was typed as slugs; raise ``ValidationError`` at a name that is none or several."""
        found: dict[str, None] = {}
        for typed in value or []:
            slug = self.names.slug_of(typed)
            if slug is None and not self.is_open:
                raise ValidationError(f"“{typed}” is not the name of one entry of the list. Choose one from it.")
            if len(typed) > _LONGEST_NAME:
                raise ValidationError(f"“{typed[:20]}…” is longer than any name.")
            found[slug or typed] = None
        return [*found]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other names, or the same in another order, were typed."""
        try:
            return [*(initial or [])] != self.to_python(data)
        except ValidationError:
            return True


class NameField(forms.CharField):
    """One canonical name, as a slug."""

    def __init__(self, names: NameList, *, label: str) -> None:
        widget = forms.TextInput(attrs={"list": f"{names.identifier}-list", "autocomplete": "off"})
        super().__init__(label=label, widget=widget)
        self.names = names

    def prepare_value(self, value: Any) -> Any:
        """Return the name to show."""
        return self.names.name_of(value) if value else value

    def to_python(self, value: Any) -> str:
        """Return the slug; raise ``ValidationError`` if the name is that of none or of several."""
        typed = super().to_python(value)
        slug = self.names.slug_of(typed) if typed else ""
        if slug is None:
            raise ValidationError(f"“{typed}” is not the name of one guideline of the list. Choose one from it.")
        return slug

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether another entry was typed."""
        return bool((self.names.slug_of(data or "") or data or "") != (initial or ""))
