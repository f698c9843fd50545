"""The stored facet index: built beside its readers, changed in one step, and never behind what is committed."""

import pytest

from devtools.testing.archive import ItemRow, add_determination
from imr_archive.models import Determination, DisputedItem, FacetIndex, FacetIndexPart, IndexChange, Treatment
from imr_archive.search.facets import healing
from imr_archive.search.facets import rebuild as rebuilding
from imr_archive.search.facets import snapshot as holding
from imr_archive.search.facets.rebuild import rebuild, rebuild_if_due
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.facets.snapshot import current_snapshot, forget_snapshots
from imr_archive.search.query.parser import parse_query

pytestmark = pytest.mark.django_db


def letter(number, *descriptions, **facts):
    items = [ItemRow(description, treatments=["surgery/spine"]) for description in descriptions]
    return add_determination(f"CM14-{number:07d}", items=items, **facts)


def found(words):
    return Selection.of_everything().matching(parse_query(words)).size()


def test_nothing_is_asked_but_the_state_while_nothing_changes(django_assert_num_queries):
    letter(1, "Fusion")
    current_snapshot()
    with django_assert_num_queries(1):
        assert current_snapshot().state.changed == 1


def test_a_letter_is_counted_at_once_and_nothing_is_left_of_a_deleted_one():
    letter(1, "Fusion")
    rebuild()
    assert (found("fusion"), found("scan")) == (1, 0)
    letter(2, "Scan", "Fusion")
    assert (found("fusion"), found("scan")) == (2, 1)
    Determination.objects.get(case_number="CM14-0000001").delete()
    assert (found("fusion"), found("scan")) == (1, 1)
    rebuild()
    assert (found("fusion"), found("scan")) == (1, 1)
    assert Selection.of_everything().size(Unit.DETERMINATIONS) == 1


def test_text_that_was_changed_in_an_old_letter_is_found_by_its_new_words():
    letter(1, "Fusion")
    rebuild()
    assert (found("fusion"), found("arthrodesis")) == (1, 0)
    text = DisputedItem.objects.get().text
    text.description = "Arthrodesis"
    text.save()
    assert (found("fusion"), found("arthrodesis")) == (0, 1)


def test_a_new_name_of_a_treatment_is_shown_at_once():
    letter(1, "Fusion")
    rebuild()
    assert current_snapshot().names["treatment"]["surgery"] != "Operations"
    Treatment.objects.filter(slug="surgery").update(name="Operations")
    assert current_snapshot().names["treatment"]["surgery"] == "Operations"


def test_a_rebuild_takes_in_the_log_and_keeps_the_version_before():
    letter(1, "Fusion")
    first = rebuild()
    letter(2, "Scan")
    second, third = rebuild(), rebuild()
    assert IndexChange.objects.count() == 0
    assert [*FacetIndex.objects.values_list("pk", flat=True)] == [third.pk, second.pk]
    assert first.pk not in {second.pk, third.pk}
    assert (third.determinations, third.items) == (2, 2)


def test_what_is_written_during_a_rebuild_is_counted(monkeypatch):
    letter(1, "Fusion")

    def read_slowly(**where):
        segment = read(**where)
        letter(2, "Scan")
        return segment

    read = rebuilding.read_segment
    monkeypatch.setattr(rebuilding, "read_segment", read_slowly)
    stored = rebuild()
    assert stored.determinations == 1
    assert IndexChange.objects.count() == 1
    assert (found("fusion"), found("scan")) == (1, 1)


@pytest.mark.parametrize("step", ["read_segment", "_store"])
def test_a_rebuild_that_is_killed_leaves_the_old_version_serving(monkeypatch, step):
    letter(1, "Fusion")
    first = rebuild()
    letter(2, "Scan")

    def killed(*args, **kwargs):
        if step == "_store":
            store(*args, **kwargs)
        raise KeyboardInterrupt

    store = rebuilding._store
    monkeypatch.setattr(rebuilding, step, killed)
    with pytest.raises(KeyboardInterrupt):
        rebuild()
    forget_snapshots()
    assert FacetIndex.objects.get() == first
    assert (found("fusion"), found("scan")) == (1, 1)


def test_an_older_rebuild_that_ends_later_does_not_replace_a_newer_one(monkeypatch):
    letter(1, "Fusion")
    read = rebuilding.read_segment
    newer = []

    def overtaken(**where):
        segment = read(**where)
        monkeypatch.setattr(rebuilding, "read_segment", read)
        letter(2, "Scan")
        newer.append(rebuild())
        return segment

    monkeypatch.setattr(rebuilding, "read_segment", overtaken)
    assert rebuild() == newer[0]
    assert (found("fusion"), found("scan")) == (1, 1)


def test_a_rebuild_is_due_once_so_many_letters_changed():
    letter(1, "Fusion")
    assert rebuild_if_due(letters=1) is None
    letter(2, "Scan")
    assert rebuild_if_due(letters=1) == FacetIndex.objects.get()


def test_while_very_many_letters_are_new_a_process_reads_them_only_now_and_then(monkeypatch):
    monkeypatch.setattr(holding, "FRESH_LETTERS", 1)
    monkeypatch.setattr(holding, "PATIENCE", 1_000_000)
    letter(1, "Fusion")
    letter(2, "Fusion")
    assert found("fusion") == 2
    letter(3, "Fusion")
    assert found("fusion") == 2
    monkeypatch.setattr(holding, "PATIENCE", 0)
    assert found("fusion") == 3


DAMAGES = {
    "other bytes": lambda parts: parts.filter(name="dimension:outcome").update(payload=b"[]\n"),
    "cut off": lambda parts: parts.filter(name="items").update(payload=b"1234567"),
    "a part deleted": lambda parts: parts.filter(name="dimension:treatment").delete(),
    "all parts deleted": lambda parts: parts.all().delete(),
}


@pytest.mark.parametrize("versions", [1, 2], ids=["the newest", "both"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_not_served_and_is_built_again(damage, versions, monkeypatch, client):
    asked = []
    monkeypatch.setattr(healing, "start_rebuilding", lambda using, version: asked.append(version))
    monkeypatch.setattr(healing, "_replaced", set())
    letter(1, "Fusion")
    rebuild()
    letter(2, "Scan")
    newest = rebuild()
    letter(3, "Scan", "Fusion")
    kept = FacetIndex.objects.all()[:versions]
    DAMAGES[damage](FacetIndexPart.objects.filter(index__in=[each.pk for each in kept]))
    forget_snapshots()
    assert (found("fusion"), found("scan")) == (2, 2)
    Determination.objects.get(case_number="CM14-0000001").delete()
    assert (found("fusion"), found("scan")) == (1, 2)
    assert client.get("/determinations/?treatment=surgery").status_code == 200
    assert asked == [newest.pk]
    rebuild()
    forget_snapshots()
    assert (found("fusion"), found("scan")) == (1, 2)
    assert asked == [newest.pk]
