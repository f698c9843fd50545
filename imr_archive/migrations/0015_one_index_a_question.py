import django.db.models.deletion
from django.db import migrations, models


class DropOwnIndex(migrations.AlterField):
    """Drop the index of a field and nothing else: SQLite would write the table anew, and lose its triggers."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for index in self.indexes(app_label, schema_editor, from_state):
            schema_editor.execute(f"DROP INDEX {index.parts['name']}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for index in self.indexes(app_label, schema_editor, to_state):
            schema_editor.execute(index)

    def indexes(self, app_label, schema_editor, state):
        model = state.apps.get_model(app_label, self.model_name)
        return schema_editor._field_indexes_sql(model, model._meta.get_field(self.name))


def link(model, name, to, related_name, on_delete=django.db.models.deletion.CASCADE):
    field = models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related_name, to=f"imr_archive.{to}")
    return DropOwnIndex(model_name=model, name=name, field=field)


def canonical(model, name, related_name):
    return link(model, name, name.replace("_", ""), related_name, django.db.models.deletion.PROTECT)


# Django gives each of these an index for LIKE on PostgreSQL; nobody looks for a hash by its beginning.
HASHES = (("Determination", "text_sha256"), ("Reviewer", "fingerprint"), ("SourceLetter", "sha256"))


def beginnings(apps, schema_editor):
    for model, field in HASHES if hasattr(schema_editor, "_create_like_index_sql") else ():
        model = apps.get_model("imr_archive", model)
        yield schema_editor._create_like_index_sql(model, model._meta.get_field(field))


def drop_indexes_of_beginnings(apps, schema_editor):
    for index in beginnings(apps, schema_editor):
        schema_editor.execute(f"DROP INDEX {index.parts['name']}")


def create_indexes_of_beginnings(apps, schema_editor):
    for index in beginnings(apps, schema_editor):
        schema_editor.execute(index)


class Migration(migrations.Migration):
    dependencies = [("imr_archive", "0014_citations_read_once")]

    operations = [
        migrations.AddIndex(
            model_name="guidelinecitation",
            index=models.Index(fields=["guideline", "cited_by", "item"], name="citation_guideline"),
        ),
        migrations.RemoveIndex(model_name="guidelinecitation", name="citation_covering"),
        link("disputeditem", "determination", "determination", "items"),
        link("facetindexpart", "index", "facetindex", "parts"),
        link("guidelinecitation", "item", "disputeditem", "citations"),
        canonical("guidelinecitation", "guideline", "citations"),
        link("guidelinemention", "item", "disputeditem", "mentions"),
        canonical("guidelinemention", "guideline", "mentions"),
        link("itembodypart", "item", "disputeditem", "item_body_parts"),
        canonical("itembodypart", "body_part", "item_body_parts"),
        link("itemtreatment", "item", "disputeditem", "item_treatments"),
        canonical("itemtreatment", "treatment", "item_treatments"),
        link("reviewerlicence", "reviewer", "reviewer", "licences"),
        DropOwnIndex("reviewerlicence", "slug", models.SlugField(db_index=False, max_length=60)),
        link("reviewerspecialty", "reviewer", "reviewer", "specialties"),
        DropOwnIndex("reviewerspecialty", "slug", models.SlugField(db_index=False, max_length=120)),
        migrations.RunPython(drop_indexes_of_beginnings, create_indexes_of_beginnings),
    ]
