"""What normalising undoes, and how every character keeps its way back to the source."""

from __future__ import annotations

import pytest

from devtools.testing.letters import boxed_letter, doubled, item
from imr_archive.parsing.parser import parse_text, read_text
from imr_archive.parsing.source.normalise import normalise
from imr_archive.parsing.spans import Span, TracedText

HEAD = "Final Determination Letter for IMR Case Number CM15-0900123 "
LONG = "One two three four five six seven eight nine ten eleven twelve"


def values(text: str) -> dict[str, object]:
    """Return what a letter says, without the places and remarks; paragraph marks count as spaces."""
    found = parse_text(text).as_json(file="", sha256="")
    return {key: flat(value) for key, value in found.items() if key not in ("spans", "warnings")}


def flat(value: object) -> object:
    if isinstance(value, dict):
        return {key: flat(part) for key, part in value.items()}
    if isinstance(value, list):
        return [flat(part) for part in value]
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("  two\u00a0  words \n\n\n here ", "two words here"),
        ("\ufeffzero\u200bwidth", "zerowidth"),
        (f"{LONG} electro-\nmyography", f"{LONG} electro-myography"),
        (f"{LONG} 10/14/\n2016", f"{LONG} 10/14/2016"),
        ("Low back - \nlumbar", "Low back - lumbar"),
        (f"one\n{HEAD}3\ntwo", "one two"),
        (f"one {HEAD}Page 3 two", "one two"),
        ("one\n1\n\f\ntwo\n- 2 -\n\fPage 3 of 3\nthree", "one two three"),
        ("the next\n17 visits\n\f17\nmore", "the next 17 visits 17 more"),
    ],
)
def test_the_accidents_of_a_file_are_undone(source: str, text: str) -> None:
    assert normalise(source).text == text


def test_a_line_that_stops_short_after_a_sentence_ends_a_paragraph() -> None:
    assert normalise(f"{LONG}\nthe end.\n{LONG}\n{LONG}").text == f"{LONG} the end.\n\n{LONG} {LONG}"


def test_every_character_knows_where_it_was_printed() -> None:
    source = f"Some  words\nof a non-\ncertified\n{HEAD}2\nletter.\n\nNew start"
    letter = normalise(source)
    for number, character in enumerate(letter.text):
        if not character.isspace():
            assert source[letter.body.span(number, number + 1).start] == character


def test_flattening_keeps_the_trace() -> None:
    source = "One.\n\nTwo.\n\nThree."
    text = TracedText.of(source).flattened()
    assert text.text == "One. Two. Three."
    printed = [source[text.span(at, at + 1).start] for at in range(len(text.text))]
    assert [character for character in printed if not character.isspace()] == list("One.Two.Three.")
    assert text.span(5, 9) == Span(6, 10)


ITEMS = [
    item(
        "Ten visits of acupuncture for the neck, and an evaluation by the acupuncturist before the first of the visits"
    ),
    item("Labs to include: ECG", outcome="Overturned"),
]


@pytest.mark.parametrize(
    "damage",
    [
        doubled,
        lambda text: text.replace(" \n", "\n"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\f".join(text.splitlines(keepends=True)),
        lambda text: "".join(f"{line}\n{HEAD}{number}\n" for number, line in enumerate(text.splitlines(), 2)),
    ],
    ids=["doubled", "no spaces at line ends", "no-break spaces", "CRLF", "a page a line", "running heads"],
)
def test_damage_changes_no_value(damage) -> None:
    text = boxed_letter(items=ITEMS)
    assert values(damage(text)) == values(text)


def test_the_normalised_text_is_the_same_for_the_same_letter_in_any_file() -> None:
    text = boxed_letter(items=ITEMS)
    assert read_text(doubled(text)).normalised_text == read_text(text).normalised_text
