"""Staff accounts for tests and the permission matrix: one per role, a superuser, and one without any role."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

from devtools.testing.handmade import Refused, full_letter, ingest, letter, reread
from imr_archive.admin.people.roles import PERMISSIONS, Role, role_assign
from imr_archive.history.correcting import corrections_make
from imr_archive.models import (
    Determination,
    DroppedFile,
    IngestRun,
    IngestRunFile,
    LoginEvent,
    PreviewedLetter,
    PreviewFile,
    SourceLetter,
    UploadPreview,
    Withdrawal,
)
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import LoginEventKind, PreviewStatus, PreviewVerdict, WithdrawalScope

if TYPE_CHECKING:
    from django.db.models import Model

PASSWORD = "a long made-up password"


def roles_restore() -> None:
    """Make the groups of the roles again, as after a test that emptied every table."""
    for role, names in PERMISSIONS.items():
        group, made = Group.objects.get_or_create(name=role.value)
        if made:
            wanted = Q(pk=None)
            for name in names:
                app, _, codename = name.partition(".")
                wanted |= Q(content_type__app_label=app, codename=codename)
            group.permissions.set(Permission.objects.filter(wanted))


def staff_member(role: Role | None, name: str = "", **facts: object) -> User:
    """Make an account of a role; without one, a superuser."""
    roles_restore()
    user = User.objects.create_user(
        name or (role.value.lower() if role else "superuser"), is_staff=True, is_superuser=role is None, **facts
    )
    role_assign(user, role)
    return user


def _previews() -> None:
    """Make two uploads that are read and not published: of the uploader, and of somebody else."""
    for name in (Role.UPLOADER.value.lower(), "somebody"):
        preview = UploadPreview.objects.create(
            uploaded_by=name, status=PreviewStatus.READY, parser_version=PARSER_VERSION
        )
        PreviewFile.objects.create(preview=preview, name="waiting.txt", size=7)
        PreviewedLetter.objects.create(
            preview=preview,
            name="waiting.txt",
            sha256="1" * 64,
            size=7,
            verdict=PreviewVerdict.UNREADABLE,
            reason="Not a determination letter.",
            content=b"waiting",
            can_be_published=True,
        )


def sample_archive() -> dict[str, dict[str, Model]]:
    """Ingest a letter that the uploader has uploaded and two of others; return rows by the name of their model.

    Where it matters to an uploader whose a row is, there are two, under the words that tell them apart.
    """
    refused = Refused("The file is a scan.")
    ingest([("other.pdf", b"other"), ("scan.pdf", b"scan")], {b"other": full_letter(), b"scan": refused})
    own = letter("A letter of the uploader.", "CM15-0000002")
    ingest([("own.pdf", b"own")], {b"own": own}, uploaded_by=Role.UPLOADER.value.lower())
    determination = Determination.objects.get(case_number="CM15-0000001")
    current = determination.letters.get().pk
    reread({b"other": replace(full_letter(), parser_version="99.0")}, letters=[current])
    corrections_make(
        determination=determination.pk, values=[(1, "quantity", 7)], reason="A made-up slip.", made_by="reviewer"
    )
    DroppedFile.objects.create(name="list.csv", sha256="0" * 64, size=7, reason_code="source-refused", reason="A list.")
    Withdrawal.objects.create(
        reference="CM15-0000003",
        case_number="CM15-0000003",
        scope=WithdrawalScope.HIDE,
        public_reason="At the request of the person concerned.",
        reason="A made-up request.",
        withdrawn_by="administrator",
    )
    LoginEvent.objects.create(kind=LoginEventKind.LOGGED_IN, account="reviewer")
    _previews()
    samples: dict[str, dict[str, Model]] = {
        model._meta.model_name: {"": row}
        for model in apps.get_app_config("imr_archive").get_models()
        if (row := model._default_manager.order_by("pk").first())
    }
    letters = {row.name: row for row in SourceLetter.objects.all()}
    samples["sourceletter"] = {
        "(own upload)": letters["own.pdf"],
        "(of others)": letters["other.pdf"],
        "(of others, quarantined)": letters["scan.pdf"],
    }
    samples["ingestrun"] = {
        "(own upload)": IngestRun.objects.get(files__letter=letters["own.pdf"]),
        "(of others)": IngestRun.objects.filter(files__letter=letters["other.pdf"]).earliest("pk"),
    }
    samples["ingestrunfile"] = {
        "(own upload)": IngestRunFile.objects.get(letter=letters["own.pdf"]),
        "(of others)": IngestRunFile.objects.get(letter=letters["scan.pdf"]),
    }
    own, others = UploadPreview.objects.order_by("pk")
    samples["upload"] = {"(own upload)": own, "(of others)": others}
    samples["user"] = {f"({user.username})": user for user in User.objects.order_by("pk")}
    return samples
