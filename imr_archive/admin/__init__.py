"""The administration: upload of letters, what the archive holds, corrections, runs and accounts."""

from imr_archive.admin import corrections, determinations, items, source_letters, withdrawals
from imr_archive.admin.people import accounts, events
from imr_archive.admin.runs import tables
from imr_archive.admin.tables import canonical, dependent_rows, reviewers

__all__ = [
    "accounts",
    "canonical",
    "corrections",
    "dependent_rows",
    "determinations",
    "events",
    "items",
    "reviewers",
    "source_letters",
    "tables",
    "withdrawals",
]
