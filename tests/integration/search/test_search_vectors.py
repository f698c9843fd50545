"""The words that whoever parses works out are those that the database would have read itself."""

import struct

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from devtools.testing.handmade import index_faults, ingest, item, letter, many, stated
from imr_archive.search.fulltext.vectors import vector_of
from imr_archive.search.query.stems import stem, tokens_of

pytestmark = pytest.mark.django_db

WORDS = ["is", "s", "as", "therapies", "L4-5", "10/325", "1e5", "#60", "v1.2.3", "a@b.com", "http://x.org/a", "x-ray"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=60),
    st.text("abE 1-.’“–…é", max_size=60),
)


def as_the_database_reads(text, vector):
    """Whether a vector holds the words of a text at their places, as the database itself would have it."""
    places = {}
    for place, token in enumerate(tokens_of(text), 1):
        places.setdefault(stem(token), []).append(place)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            written = " ".join(f"{word}:{','.join(map(str, found))}" for word, found in places.items())
            cursor.execute("SELECT %s::tsvector = imr_vector(%s)", [written, text])
            assert cursor.fetchone()[0]
            cursor.execute("SELECT tsvectorsend(imr_vector(%s))", [text])
            return read(cursor.fetchone()[0]) == read(vector)
    return read(vector) == places


def read(vector):
    """Return the places of the words of a vector in binary form; PostgreSQL sorts the words as it takes them in."""
    (words,), rest = struct.unpack("!i", vector[:4]), vector[4:]
    found = {}
    for _ in range(words):
        word, _, rest = rest.partition(b"\0")
        (number,) = struct.unpack("!H", rest[:2])
        found[word.decode()] = [*struct.unpack(f"!{number}H", rest[2 : 2 + 2 * number])]
        rest = rest[2 + 2 * number :]
    assert (len(found), rest) == (words, b"")
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
@example("The worker’s “low-back” pain – L5-S1 – is 10/10…")
@example("pain " * 255)
def test_a_vector_is_what_the_database_would_make(text):
    vector = vector_of(text)
    if vector is None:
        assert not text.isascii()
    else:
        assert as_the_database_reads(text, vector)


@pytest.mark.parametrize("text", ["Café", "½ cup", "pain " * 256, "a b " * 9_000, "x" * 2_047])
def test_what_only_the_database_can_tell_is_left_to_it(text):
    assert vector_of(text) is None


def test_the_words_of_a_batch_are_indexed_whoever_worked_them_out():
    texts = ["Plain words.", "The worker’s “pain” – L4-5.", "Café au lait", "pain " * 300, "x" * 3_000, ""]
    odd = {
        f"at_{place}": letter(f"Odd {place}.", f"CM16-{place:07}", items=[item(rationale=stated(text or "-"))])
        for place, text in enumerate(texts)
    }
    results = ingest(*many(len(texts) + 2, **odd))
    assert [each.status for each in results] == ["new"] * (len(texts) + 2)
    assert index_faults() == 0
