"""The table of reasons, its entries in the change log, and the permission to see it."""

import django.db.models.deletion
from django.db import migrations, models

from imr_archive.migrations._operations import RunSqlFile


def let_roles_view(apps, schema_editor):
    """Let reviewers and administrators view reasons, as they view the other tables of an item."""
    database = schema_editor.connection.alias
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(database)
        .get_or_create(app_label="imr_archive", model="itemreason")
    )
    permission, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(database)
        .get_or_create(
            content_type=content_type, codename="view_itemreason", defaults={"name": "Can view item reason"}
        )
    )
    groups = apps.get_model("auth", "Group").objects.using(database)
    for group in groups.filter(name__in=["Reviewer", "Administrator"]).order_by("name"):
        group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ('imr_archive', '0006_discard_facet_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text='Its place among the reasons of its item, from 1.')),
                ('code', models.CharField(choices=[('no-indication', 'Indication not documented'), ('missing-records', 'Records or explanation missing'), ('first-line-not-tried', 'First-line care not tried'), ('no-benefit-shown', 'No benefit shown so far'), ('depends-on-denied', 'Depends on a denied service'), ('not-recommended', 'Not recommended by the guideline'), ('exceeds-guideline', 'Exceeds the guideline'), ('already-done', 'Already done or duplicate'), ('risk-or-monitoring', 'Risk, or monitoring missing'), ('incomplete-request', 'Request incomplete'), ('guideline-silent', 'No guideline addresses it'), ('indication-met', 'Indication met'), ('benefit-shown', 'Benefit shown so far'), ('first-line-failed', 'First-line care failed'), ('within-guideline', 'Within the guideline'), ('part-of-approved', 'Part of an approved service'), ('needed-safety', 'Needed for safety or monitoring'), ('exceptional', 'Exceptional case'), ('other', 'Other reason')], max_length=24)),
                ('quote', models.TextField(help_text='The clause of the rationale that states it.')),
                ('start', models.PositiveIntegerField(help_text='Where the clause begins in the rationale.')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reasons', to='imr_archive.disputeditem')),
            ],
            options={
                'ordering': ['item', 'position'],
                'indexes': [models.Index(fields=['code', 'item'], name='reason_covering')],
                'constraints': [models.UniqueConstraint(fields=('item', 'position'), name='reason_position_once'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='reason_position_from_1'), models.CheckConstraint(condition=models.Q(('code__in', ['no-indication', 'missing-records', 'first-line-not-tried', 'no-benefit-shown', 'depends-on-denied', 'not-recommended', 'exceeds-guideline', 'already-done', 'risk-or-monitoring', 'incomplete-request', 'guideline-silent', 'indication-met', 'benefit-shown', 'first-line-failed', 'within-guideline', 'part-of-approved', 'needed-safety', 'exceptional', 'other'])), name='reason_code_is_known')],
            },
        ),
        RunSqlFile("0007_item_reasons", vendors=("sqlite", "postgresql")),
        migrations.RunPython(let_roles_view, migrations.RunPython.noop),
    ]
