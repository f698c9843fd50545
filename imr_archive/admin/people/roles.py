"""Roles: the three sets of permissions that an account of the staff can have, each a group made by a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from imr_archive.vocabulary import Vocabulary

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User


class Role(Vocabulary):
    """What a member of the staff does; the value is the name of the group, each role may do what the one before may."""

    UPLOADER = "Uploader", "Uploader: uploads and publishes letters, undoes and sees the own uploads"
    REVIEWER = "Reviewer", "Reviewer: also sees every letter, corrects values, deletes files from the quarantine"
    ADMINISTRATOR = (
        "Administrator",
        "Administrator: also withdraws determinations, manages accounts, reads the sign-ins",
    )


# Sees letters and runs of everybody; without it, the own uploads only.
VIEW_EVERY_LETTER = "imr_archive.view_every_sourceletter"

_ARCHIVE_TABLES = (
    *("bodypart", "correction", "determination", "determinationtext", "disputeditem", "disputeditemtext"),
    *("droppedfile", "guideline", "guidelinecitation", "guidelinemention", "itembodypart", "itemreason"),
    *("itemtreatment", "review", "reviewer", "reviewerlicence", "reviewerspecialty", "revision", "treatment"),
    "withdrawal",
)
_UPLOADER = frozenset(
    f"imr_archive.{codename}"
    for codename in ("add_sourceletter", "view_sourceletter", "view_ingestrun", "view_ingestrunfile")
)
_REVIEWER = _UPLOADER.union(
    (f"imr_archive.view_{table}" for table in _ARCHIVE_TABLES),
    (VIEW_EVERY_LETTER, "imr_archive.change_determination", "imr_archive.delete_sourceletter"),
)
_ADMINISTRATOR = _REVIEWER.union(
    ("imr_archive.delete_determination", "imr_archive.view_loginevent"),
    ("auth.add_user", "auth.change_user", "auth.view_user"),
)

# The permissions of each role. A role that gets another one needs a migration that gives it to the group; a test
# compares this table with the groups of a freshly migrated database.
PERMISSIONS = {Role.UPLOADER: _UPLOADER, Role.REVIEWER: _REVIEWER, Role.ADMINISTRATOR: _ADMINISTRATOR}


def role_of(user: User) -> Role | None:
    """Return the role of an account, the most powerful one if it is in several groups."""
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role.value in names), None)


def permissions_of(user: User) -> set[str]:
    """Return the permissions that groups and the account itself grant, whether or not the account is active."""
    granted = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return {f"{app}.{codename}" for app, codename in granted.values_list("content_type__app_label", "codename")}


def may_manage(actor: AbstractBaseUser | AnonymousUser, account: User) -> bool:
    """Return whether somebody may change an account: nobody takes over one that may do more than they may.

    Setting the password of an account is a way to sign in with it, so this covers passwords, too.
    """
    if actor.is_superuser:  # type: ignore[union-attr]  # the account model of the project is Django's own
        return True
    return not account.is_superuser and actor.has_perms(permissions_of(account))  # type: ignore[union-attr]  # likewise


def roles_to_grant(actor: AbstractBaseUser | AnonymousUser) -> list[Role]:
    """Return the roles that somebody may give: those that may do nothing that they may not do themselves."""
    return [role for role in Role if actor.has_perms(PERMISSIONS[role])]  # type: ignore[union-attr]  # likewise


def role_assign(user: User, role: Role | None) -> None:
    """Put an account in the group of its role and in no other; permissions granted one by one are taken away."""
    user.user_permissions.clear()
    user.groups.set([Group.objects.get(name=role.value)] if role else [])
