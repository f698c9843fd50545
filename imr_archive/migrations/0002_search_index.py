from django.db import migrations

from imr_archive.migrations._operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0001_tables")]

    operations = [
        # Here because Django creates these indexes at the very end of the migration before.
        RunSqlFile("0002_hash_indexes", vendors=("postgresql",)),
        RunSqlFile("0002_search_index", vendors=("sqlite", "postgresql")),
    ]
