"""The sentence that a small screen shows around the words that state a value."""

import pytest

from imr_archive.web.determinations.source_panel import Sentence, sentence_around


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("First. A 44-year-old worker. Last.", "44-year-old", ("A ", "44-year-old", " worker. ")),
        ("First. A 44-year-old worker", "44-year-old", ("A ", "44-year-old", " worker")),
        ("HEADING\n \nA line\nof 44 years\n\nNext.", "44", ("A line of ", "44", " years ")),
        ("44", "44", ("", "44", "")),
        ("One. The whole one. Next.", "The whole one.", ("", "The whole one.", "")),
        (f"{'a ' * 200}44{' b' * 200}", "44", (f"… {'a ' * 149}", "44", f"{' b' * 149} …")),
        (f"It: {'c ' * 900}end.", f"{'c ' * 900}end", ("It: ", f"{'c ' * 399}c …", "")),
    ],
)
def test_the_words_are_shown_in_their_sentence(text, words, shown):
    start = text.index(words)
    assert sentence_around(text, start, start + len(words)) == Sentence(*shown)
