from django.db import migrations, models

KINDS = [
    ("logged-in", "Signed in"),
    ("logged-out", "Signed out"),
    ("failed", "Wrong name or password"),
    ("code-refused", "Wrong one-time code"),
    ("locked-out", "Locked out after repeated failures"),
    ("password-changed", "Password changed"),
    ("two-factor-on", "Two-factor sign-in switched on"),
    ("two-factor-off", "Two-factor sign-in switched off"),
]


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0003_dropped_files_and_passed_over")]

    operations = [
        migrations.AlterModelOptions(
            name="sourceletter",
            options={
                "ordering": ["-received_at", "-pk"],
                "permissions": [
                    ("view_every_sourceletter", "Can view every source letter and run, not only own uploads")
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                ("kind", models.CharField(choices=KINDS, max_length=20, verbose_name="event")),
                ("account", models.CharField(blank=True, max_length=150)),
                (
                    "by",
                    models.CharField(
                        blank=True, help_text="The account that did it to another one.", max_length=150
                    ),
                ),
                ("address", models.GenericIPAddressField(blank=True, null=True, verbose_name="network address")),
                (
                    "browser",
                    models.CharField(
                        blank=True, help_text="The user agent, as the browser names itself.", max_length=255
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["account", "-id"], name="login_event_account")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [code for code, _ in KINDS])),
                        name="login_event_kind_is_known",
                    )
                ],
            },
        ),
    ]
