"""Read every row of an archive without its keys, to check that two archives of the same letters are equal.

``python -m devtools.testing.rows`` prints, for the archive that ``DATABASE_URL`` names: its runs, the number of rows,
their SHA-256 with and without the files of runs, and what ``check_archive`` finds.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import Any

import django
from django.apps import apps

# What tells a row from the others of its table without its key.
IDENTITIES = {
    "Determination": ("case_number", "text_sha256"),
    "DisputedItem": ("determination", "position"),
    "Guideline": ("slug",),
    "Treatment": ("slug",),
    "BodyPart": ("slug",),
    "Reviewer": ("fingerprint",),
    "SourceLetter": ("sha256",),
    "Withdrawal": ("reference", "reinstated_by"),
}
# What follows from the other rows, the runs themselves with what they changed, and uploads that are not published.
ASIDE = (
    *("FacetIndex", "FacetIndexPart", "IndexChange", "IngestRun", "Revision"),
    *("PreviewFile", "PreviewedLetter", "UploadPreview"),
)
LEFT_OUT = ("id", "received_at", "arrived_at", "run")


def rows_without_keys() -> dict[str, list[dict[str, Any]]]:
    """Every row by table, with what it refers to named by what tells it apart; times left out."""
    found = {}
    for model in apps.get_app_config("imr_archive").get_models():
        if model.__name__ not in ASIDE:
            fields = [field for field in model._meta.concrete_fields if field.name not in LEFT_OUT]
            together = [path for field in fields if field.is_relation for path in _paths(field)]
            queryset = model._default_manager.select_related(*together)
            rows = ({field.name: _plain(row, field) for field in fields} for row in queryset)
            found[model.__name__] = sorted(rows, key=repr)
    return found


def _paths(reference: Any) -> list[str]:
    """Return the path of a foreign key, and the paths of the foreign keys that identify its target."""
    target = reference.related_model
    fields = (target._meta.get_field(name) for name in IDENTITIES[target.__name__])
    return [reference.name, *(f"{reference.name}__{field.name}" for field in fields if field.is_relation)]


def _plain(row: Any, field: Any) -> Any:
    if not field.is_relation:
        value = getattr(row, field.name)
        return bytes(value) if isinstance(value, memoryview) else value
    target = getattr(row, field.name)
    if target is None:
        return None
    names = IDENTITIES[type(target).__name__]
    return tuple(_plain(target, target._meta.get_field(name)) for name in names)


def _sha256(rows: dict[str, list[dict[str, Any]]]) -> str:
    return hashlib.sha256(repr(rows).encode(errors="replace")).hexdigest()


def main() -> None:
    """Print what there is to compare."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "imr_archive.settings"
    django.setup()
    # models can't be loaded before Django is set up
    from imr_archive.backup.check import check_archive
    from imr_archive.models import IngestRun

    rows = rows_without_keys()
    said = {
        "runs": [{"status": run.status, "counts": run.counts} for run in IngestRun.objects.order_by("pk")],
        "counts": {table: len(of_table) for table, of_table in rows.items()},
        "sha256": _sha256(rows),
        "sha256 but for files": _sha256({table: found for table, found in rows.items() if table != "IngestRunFile"}),
        "findings": [finding.sentence for finding in check_archive()],
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
