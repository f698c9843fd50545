"""Whatever is asked of whatever letters, both databases find what brute force finds."""

import hashlib

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devtools.testing.archive import items_matching
from devtools.testing.search_oracle import documents, questions
from imr_archive.models import (
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    Guideline,
    GuidelineCitation,
)
from imr_archive.search.facets.snapshot import forget_snapshots
from imr_archive.search.query.thesaurus import read_question
from imr_archive.search.query.tree import Scope

pytestmark = pytest.mark.django_db

# A question is asked of one corpus; of each corpus so many are asked.
CORPORA, QUESTIONS = 100, 20


class Undo(Exception):
    """Leaves a block of writes undone."""


def store(corpus):
    """Store documents; return them by the key of their item."""
    by_key = {}
    for document in corpus:
        determination, is_new = Determination.objects.get_or_create(
            case_number=document.case_number,
            defaults={"text_sha256": hashlib.sha256(document.case_number.encode()).hexdigest(), "layout": "boxed"},
        )
        if is_new:
            summary = document.texts["clinical_summary"]
            DeterminationText.objects.create(determination=determination, clinical_summary=summary)
        item = DisputedItem.objects.create(
            determination=determination,
            position=determination.items.count() + 1,
            ca_basis="unstated",
            reviewer_basis="unstated",
        )
        columns = {name: text for name, text in document.texts.items() if name != "clinical_summary"}
        DisputedItemText.objects.create(item=item, **columns)
        for place, (title, section, label) in enumerate(document.citations, 1):
            guideline = Guideline.objects.create(
                slug=f"made-up-{Guideline.objects.count()}", source="odg", title="", label=label
            )
            GuidelineCitation.objects.create(
                item=item,
                cited_by="reviewer",
                position=place,
                guideline=guideline,
                title=title,
                section=section,
                text="",
            )
        by_key[item.pk] = document
    return by_key


@settings(
    max_examples=CORPORA,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents(), st.lists(questions(), min_size=QUESTIONS // 2, max_size=QUESTIONS))
def test_any_question_finds_what_brute_force_finds(corpus, asked):
    try:
        with transaction.atomic():
            by_key = store(corpus)
            forget_snapshots()
            for question in asked:
                for scope in Scope:
                    query = read_question(question.typed, scope=scope)
                    found = set(items_matching(query).values_list("pk", flat=True))
                    expected = {key for key, document in by_key.items() if question.finds(document, scope.value)}
                    assert found == expected, (question, scope)
            raise Undo
    except Undo:
        pass
