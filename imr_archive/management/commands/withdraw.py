"""``manage.py withdraw``: take a determination back, or have it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.history.withdrawals import (
    CannotPurge,
    CannotWithdraw,
    deleted_purge,
    determination_withdraw,
    withdrawal_latest,
)
from imr_archive.ingest.runs.reinstating import reinstate
from imr_archive.management.running import BAD_USAGE, current_account, database_required
from imr_archive.vocabulary import WithdrawalScope

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Withdraw a determination, reinstate it, or overwrite what is left of deleted rows."""

    help = (
        "Take a determination out of the archive: pages, counts, search and downloads lose it at once, its address "
        "says when and why, and its letters do not come back. Hidden letters can be reinstated, destroyed ones cannot."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take which determination, why, and how."""
        parser.add_argument("case", nargs="?", metavar="CASE", help="the case number, or the number in the address")
        parser.add_argument("--reason", default="", help="why, for the staff")
        parser.add_argument("--public", default="", metavar="TEXT", help="why, in words that everybody may read")
        parser.add_argument("--destroy", action="store_true", help="destroy the letters; the default is to hide them")
        parser.add_argument("--reinstate", action="store_true", help="end a withdrawal and publish the letters again")
        parser.add_argument(
            "--purge",
            action="store_true",
            help="only overwrite what the database keeps of deleted rows, as --destroy does at its end",
        )

    def handle(self, *args: Any, case: str | None, **options: Any) -> None:
        """Do one of the three."""
        if (case is None) != options["purge"] or (options["reinstate"] and options["destroy"]):
            raise CommandError("Name one case, or only --purge.", returncode=BAD_USAGE)
        with database_required():
            try:
                self.act(case, options)
            except CannotWithdraw as error:
                raise CommandError(str(error), returncode=BAD_USAGE) from error
            except CannotPurge as error:
                raise CommandError(str(error)) from error

    def act(self, case: str | None, options: dict[str, Any]) -> None:
        """Purge, reinstate or withdraw."""
        if case is None:
            deleted_purge()
            self.stdout.write("What was deleted is overwritten.")
        elif options["reinstate"]:
            results = reinstate(withdrawal_latest(case), reinstated_by=current_account())
            for result in results:
                self.stdout.write(f"{result.file}: {result.status.label}. {result.reason}")
        else:
            self.withdraw(case, options)

    def withdraw(self, case: str, options: dict[str, Any]) -> None:
        """Withdraw a determination, with both reasons."""
        reason, public_reason = options["reason"].strip(), options["public"].strip()
        if not reason or not public_reason:
            raise CommandError("Say why with --reason, and for everybody with --public.", returncode=BAD_USAGE)
        scope = WithdrawalScope.DESTROY if options["destroy"] else WithdrawalScope.HIDE
        withdrawal = determination_withdraw(
            reference=case,
            reason=reason,
            public_reason=public_reason,
            scope=scope,
            withdrawn_by=current_account(),
        )
        self.stdout.write(f"{withdrawal.reference} is withdrawn: {scope.label.lower()}.")
