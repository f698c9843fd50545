"""Accounts: one role each, and nobody gives or takes what they don't have."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from devtools.testing.staff import PASSWORD, staff_member
from imr_archive.admin.people.roles import PERMISSIONS, Role, may_manage, permissions_of, role_of

pytestmark = pytest.mark.django_db

ADD = "/admin/auth/user/add/"


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def superuser():
    return staff_member(None)


@pytest.fixture
def administrator():
    return staff_member(Role.ADMINISTRATOR)


def address(user, page="change"):
    return f"/admin/auth/user/{user.pk}/{page}/"


def new_account(**facts):
    password = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    return {"username": "new", "role": Role.UPLOADER.value, **password} | facts


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_makes_an_account_of_each_role(administrator, role):
    client_of(administrator).post(ADD, new_account(role=role.value))
    user = User.objects.get(username="new")
    assert (user.is_staff, user.is_superuser, role_of(user)) == (True, False, role)
    assert user.get_all_permissions() == PERMISSIONS[role]


def test_a_role_is_changed_and_taken_away(administrator):
    user = staff_member(Role.REVIEWER)
    user.user_permissions.add(Permission.objects.get(codename="delete_determination"))
    client = client_of(administrator)
    client.post(address(user), {"role": Role.UPLOADER.value, "is_active": "on"})
    assert permissions_of(user) == PERMISSIONS[Role.UPLOADER]
    client.post(address(user), {"role": "none", "is_active": "on"})
    user.refresh_from_db()
    assert (user.is_staff, user.is_active, permissions_of(user)) == (False, True, set())


def test_the_form_offers_one_choice_and_no_single_permissions(administrator):
    page = client_of(administrator).get(address(staff_member(Role.UPLOADER))).text
    assert page.count('name="role"') == 1 + len(Role)
    assert "user_permissions" not in page
    assert 'name="is_superuser"' not in page
    assert 'name="groups"' not in page


def test_only_a_superuser_makes_superusers(administrator, superuser):
    page = client_of(administrator).post(ADD, new_account(role="superuser"))
    assert "Select a valid choice" in page.text
    assert not User.objects.filter(username="new").exists()
    client_of(superuser).post(ADD, new_account(role="superuser"))
    assert User.objects.get(username="new").is_superuser


def test_fields_that_the_form_does_not_offer_change_nothing(administrator):
    more = {"is_superuser": "on", "groups": [1, 2, 3], "user_permissions": [1]}
    client_of(administrator).post(ADD, new_account(**more))
    user = User.objects.get(username="new")
    assert (user.is_superuser, permissions_of(user)) == (False, PERMISSIONS[Role.UPLOADER])


def test_an_administrator_changes_neither_a_superuser_nor_the_password_of_one(administrator, superuser):
    client = client_of(administrator)
    before = User.objects.filter(pk=superuser.pk).values().get()
    assert client.post(address(superuser), {"role": "none"}).status_code == 403
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(address(superuser, "password"), passwords).status_code == 403
    assert User.objects.filter(pk=superuser.pk).values().get() == before


def with_user_rights_only():
    """A member of staff from before the roles: may change accounts, and nothing else."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"]))
    return user


@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_change_accounts_takes_over_none_that_may_do_more(role):
    client, account = client_of(with_user_rights_only()), staff_member(role)
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(address(account, "password"), passwords).status_code == 403
    assert client.post(address(account), {"role": "none"}).status_code == 403
    account.is_active = False  # a sleeping account keeps its rights
    account.save()
    assert client.post(address(account), {"role": "none", "is_active": "on"}).status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_accounts_gives_no_role_above_the_own_rights(role):
    page = client_of(with_user_rights_only()).post(ADD, new_account(role=role.value))
    assert "Select a valid choice" in page.text


def test_nobody_changes_the_own_role_or_deactivates_the_own_account(administrator, superuser):
    for user in (administrator, superuser):
        client_of(user).post(address(user), {"role": "none", "first_name": "Ann"})
        changed = User.objects.get(pk=user.pk)
        assert (changed.is_staff, changed.is_active, changed.first_name) == (True, True, "Ann")
        assert (changed.is_superuser, permissions_of(changed)) == (user.is_superuser, permissions_of(user))


def test_accounts_keep_their_name_and_are_never_deleted(superuser):
    user, client = staff_member(Role.UPLOADER), client_of(superuser)
    assert client.post(address(user, "delete"), {"post": "yes"}).status_code == 403
    client.post(address(user), {"username": "other", "role": Role.UPLOADER.value, "is_active": "on"})
    assert User.objects.get(pk=user.pk).username == "uploader"


@pytest.mark.parametrize("role", [Role.UPLOADER, Role.REVIEWER])
def test_other_roles_see_no_accounts(role):
    client, user = client_of(staff_member(role)), staff_member(None)
    assert client.get("/admin/auth/user/").status_code == 403
    assert client.get(address(user)).status_code == 403


def test_accounts_are_listed_and_filtered_by_role(superuser, administrator):
    staff_member(Role.UPLOADER)
    client = client_of(superuser)
    for role, names in (("", {"superuser", "administrator", "uploader"}), ("Uploader", {"uploader"})):
        found = client.get("/admin/auth/user/", {"role": role} if role else {}).context["cl"].result_list
        assert {user.username for user in found} == names


def test_a_weak_password_is_refused(administrator):
    page = client_of(administrator).post(ADD, new_account(password1="password1234", password2="password1234"))
    assert "too common" in page.text
    assert not User.objects.filter(username="new").exists()


def test_each_role_may_do_what_the_one_before_may():
    assert PERMISSIONS[Role.UPLOADER] < PERMISSIONS[Role.REVIEWER] < PERMISSIONS[Role.ADMINISTRATOR]


def test_equals_manage_each_other(administrator):
    other = staff_member(Role.ADMINISTRATOR, "second")
    assert may_manage(administrator, other)
    assert not may_manage(staff_member(Role.REVIEWER), other)


def test_groups_have_no_page(admin_client):
    assert admin_client.get("/admin/auth/group/").status_code == 404
