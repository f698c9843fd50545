"""The migrations say what the models say, on either database, and make each index for a question of its own."""

import json

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db
MODELS = [*apps.get_app_config("imr_archive").get_models()]
# The rows of a run are many, and read in the order of their keys, which SQLite has within each value of such an index.
IN_ORDER_OF_KEYS = {("imr_archive_ingestrunfile", "run_id")}


def test_no_model_has_changed_without_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# The columns of each whole index, with all that its order goes by, and whether it keeps rows apart.
WHOLE_INDEXES = {
    "sqlite": """
        SELECT list.name, json_group_array(info.name || ' ' || info."desc"), list."unique"
        FROM pragma_index_list(%s) AS list, pragma_index_xinfo(list.name) AS info
        WHERE NOT list.partial AND info.key GROUP BY list.name
    """,
    "postgresql": """
        SELECT relname, json_agg(pg_get_indexdef(indexrelid, place, true) || ' ' || indclass[place - 1] || ' '
                                 || indoption[place - 1] ORDER BY place)::text, indisunique
        FROM pg_index JOIN pg_class ON oid = indexrelid, generate_series(1, indnkeyatts) AS place
        WHERE indrelid = %s::regclass AND indpred IS NULL GROUP BY relname, indisunique
    """,
}


def indexes(model):
    with connection.cursor() as cursor:
        cursor.execute(WHOLE_INDEXES[connection.vendor], [model._meta.db_table])
        return {name: (json.loads(columns), unique) for name, columns, unique in cursor.fetchall()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_index_only_repeats_how_another_one_begins(model):
    whole = indexes(model)
    repeating = {
        (model._meta.db_table, *columns)
        for name, (columns, unique) in whole.items()
        for other, (others, _) in whole.items()
        if name != other and not unique and others[: len(columns)] == columns
    }
    assert {tuple(each.split()[0] for each in index) for index in repeating} <= IN_ORDER_OF_KEYS


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_index_is_kept_for_the_beginnings_of_hashes(model):
    hashes = {"sha256", "text_sha256", "fingerprint"}
    found = (columns[0] for name, (columns, _) in indexes(model).items() if name.endswith("_like"))
    assert hashes.isdisjoint(column.split()[0] for column in found)
