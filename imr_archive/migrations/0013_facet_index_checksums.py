import hashlib

from django.db import migrations, models


def add_checksums(apps, schema_editor):
    """Give the parts of the stored index the checksum of what they hold now."""
    parts = apps.get_model("imr_archive", "FacetIndexPart").objects.using(schema_editor.connection.alias)
    for key in parts.order_by("pk").values_list("pk", flat=True):
        payload = parts.filter(pk=key).values_list("payload", flat=True).get()
        parts.filter(pk=key).update(sha256=hashlib.sha256(bytes(payload)).hexdigest())


class Migration(migrations.Migration):

    dependencies = [
        ('imr_archive', '0012_audit'),
    ]

    operations = [
        migrations.AddField(
            model_name='facetindexpart',
            name='sha256',
            field=models.CharField(blank=True, db_default='', help_text='Checksum of the payload.', max_length=64),
        ),
        migrations.RunPython(add_checksums, migrations.RunPython.noop),
    ]
