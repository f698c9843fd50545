"""Write the JSON Schema of the parse output: ``python -m devtools.schema > docs/parse-schema.json``.

It is generated from the types in ``records.py``, without the fields that only the archive stores.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from imr_archive.parsing.parsed import SCHEMA
from imr_archive.records import LetterRecord, Record
from imr_archive.vocabulary import DiagnosticCode, Layout

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Remark(msgspec.Struct, forbid_unknown_fields=True):
    """A parser's remark with its place in the source text; without one, it is about the whole letter."""

    code: DiagnosticCode
    message: str
    start: int | None
    end: int | None


@cache
def parse_output() -> type[msgspec.Struct]:
    """Return the type of a line that ``manage.py parse`` prints; ``layout`` is null if the file is not a letter."""
    facts = _fields(LetterRecord) | {"layout": Layout | None}
    fields: dict[str, Any] = {
        "schema": Literal[SCHEMA],
        "file": str,
        "sha256": str | None,
        "parser_version": str,
        **facts,
        "spans": dict[str, tuple[int, int]],
        "warnings": list[Remark],
    }
    return _struct("ParseOutput", fields, "One letter as the parser reads it; spans are offsets into its source text.")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the parse output."""
    return {"$schema": _DIALECT, "title": SCHEMA, **msgspec.json.schema(parse_output())}


def schema_text() -> str:
    """Return the file that is published."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _fields(record: type[Record]) -> dict[str, Any]:
    hints = get_type_hints(record)
    names = (name for name in record.__struct_fields__ if name not in record.UNPUBLISHED)
    return {name: _published(hints[name]) for name in names}


def _published(hint: Any) -> Any:
    """Return a type with the published form in place of each record."""
    if isinstance(hint, type) and issubclass(hint, Record):
        return _record(hint)
    if get_origin(hint) is tuple:
        return tuple[tuple(_published(part) for part in get_args(hint))]  # type: ignore[misc]  # made of a run-time type
    return hint


@cache
def _record(record: type[Record]) -> type[msgspec.Struct]:
    return _struct(record.__name__.removesuffix("Record"), _fields(record), record.__doc__ or "")


def _struct(name: str, fields: dict[str, Any], doc: str) -> type[msgspec.Struct]:
    return msgspec.defstruct(name, [*fields.items()], namespace={"__doc__": doc}, forbid_unknown_fields=True)


if __name__ == "__main__":
    sys.stdout.write(schema_text())
