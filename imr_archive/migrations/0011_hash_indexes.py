from django.db import migrations

from imr_archive.migrations._operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0010_withdrawals")]

    operations = [RunSqlFile("0011_hash_indexes", vendors=("postgresql",))]
