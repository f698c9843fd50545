"""The roles of the staff: three groups with their permissions.

Django makes permissions after all migrations; those that the roles need are made here under the same names, which
Django then finds.
"""

from django.db import migrations

UPLOADER = [
    ("imr_archive", "sourceletter", "add_sourceletter", "Can add source letter"),
    ("imr_archive", "sourceletter", "view_sourceletter", "Can view source letter"),
    ("imr_archive", "ingestrun", "view_ingestrun", "Can view ingest run"),
    ("imr_archive", "ingestrunfile", "view_ingestrunfile", "Can view ingest run file"),
]
REVIEWER = [
    *UPLOADER,
    (
        "imr_archive",
        "sourceletter",
        "view_every_sourceletter",
        "Can view every source letter and run, not only own uploads",
    ),
    ("imr_archive", "sourceletter", "delete_sourceletter", "Can delete source letter"),
    ("imr_archive", "determination", "change_determination", "Can change determination"),
    ("imr_archive", "bodypart", "view_bodypart", "Can view body part"),
    ("imr_archive", "correction", "view_correction", "Can view correction"),
    ("imr_archive", "determination", "view_determination", "Can view determination"),
    ("imr_archive", "determinationtext", "view_determinationtext", "Can view determination text"),
    ("imr_archive", "disputeditem", "view_disputeditem", "Can view disputed item"),
    ("imr_archive", "disputeditemtext", "view_disputeditemtext", "Can view disputed item text"),
    ("imr_archive", "droppedfile", "view_droppedfile", "Can view dropped file"),
    ("imr_archive", "guideline", "view_guideline", "Can view guideline"),
    ("imr_archive", "guidelinecitation", "view_guidelinecitation", "Can view guideline citation"),
    ("imr_archive", "guidelinemention", "view_guidelinemention", "Can view guideline mention"),
    ("imr_archive", "itembodypart", "view_itembodypart", "Can view item body part"),
    ("imr_archive", "itemtreatment", "view_itemtreatment", "Can view item treatment"),
    ("imr_archive", "letterrevision", "view_letterrevision", "Can view letter revision"),
    ("imr_archive", "reviewer", "view_reviewer", "Can view reviewer"),
    ("imr_archive", "reviewerlicence", "view_reviewerlicence", "Can view reviewer licence"),
    ("imr_archive", "reviewerspecialty", "view_reviewerspecialty", "Can view reviewer specialty"),
    ("imr_archive", "treatment", "view_treatment", "Can view treatment"),
]
ADMINISTRATOR = [
    *REVIEWER,
    ("imr_archive", "determination", "delete_determination", "Can delete determination"),
    ("imr_archive", "loginevent", "view_loginevent", "Can view login event"),
    ("auth", "user", "add_user", "Can add user"),
    ("auth", "user", "change_user", "Can change user"),
    ("auth", "user", "view_user", "Can view user"),
]
ROLES = {"Uploader": UPLOADER, "Reviewer": REVIEWER, "Administrator": ADMINISTRATOR}


def make_roles(apps, schema_editor):
    """Make the groups; one of the same name that exists gets the permissions as well."""
    database = schema_editor.connection.alias
    content_types = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    for name, granted in ROLES.items():
        group, _ = groups.get_or_create(name=name)
        for app, model, codename, label in granted:
            content_type, _ = content_types.get_or_create(app_label=app, model=model)
            permission, _ = permissions.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": label}
            )
            group.permissions.add(permission)


def remove_roles(apps, schema_editor):
    """Remove the groups; the permissions stay, they are Django's own."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("imr_archive", "0004_login_events"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
