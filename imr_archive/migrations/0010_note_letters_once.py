from django.db import migrations

from imr_archive.search.fulltext.changes import NoteLettersOnce


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0009_corrections")]

    operations = [NoteLettersOnce()]
