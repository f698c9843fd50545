"""A person accepts what a determination says; it leaves the lists of work until it says something else."""

from __future__ import annotations

from django.db import transaction

from imr_archive.history.correcting import CannotCorrect
from imr_archive.history.states import determinations_lock
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.reader import stored_records
from imr_archive.models import Review


@transaction.atomic
def review_accept(determination: int, *, reviewed_by: str, read_as: str = "") -> None:
    """Keep that a person accepts a determination as it stands.

    ``read_as`` is the hash of the record that the person saw. Raise ``CannotCorrect`` if it says something else now.
    """
    determinations_lock([determination])
    record = stored_records([determination]).get(determination)
    if record is None or (read_as and record_sha256(record) != read_as):
        raise CannotCorrect("The determination was changed by somebody else meanwhile. Look at it again.")
    Review.objects.update_or_create(
        determination_id=determination,
        defaults={"record_sha256": record_sha256(record), "reviewed_by": reviewed_by[:150]},
    )
