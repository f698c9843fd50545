from django.db import migrations

from imr_archive.migrations._operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0005_roles")]

    # The stored facet index has other values now (guidelines by source and section). Every determination is entered in
    # the change log, from which readers count until the index is built again.
    operations = [RunSqlFile("discard_facet_index", vendors=("sqlite", "postgresql"))]
