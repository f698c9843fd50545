"""The phrases that mark overturned rationales of a treatment, against the upheld ones.

Letters are counted, not items, because items of a letter share reviewer, worker and wording. A rationale that stands
in several letters counts in the newest of them only. Letters whose items of the treatment were decided differently are
left out. Of each outcome, the newest letters up to a limit are read: so the work is bounded, and as each side is a
sample of its own, the test stays right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from imr_archive.analytics.phrases.counting import Phrase, PhraseTable, phrase_table
from imr_archive.analytics.phrases.significance import discoveries, fisher_p_values
from imr_archive.analytics.texts import fingerprint_of, words_of
from imr_archive.models import DisputedItemText
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from imr_archive.search.facets.selection import Selection

# How many letters of each outcome are read at most.
SAMPLE = 1_000
# A phrase of fewer letters is too rare to say anything, and of fewer overturned ones to be shown.
FEWEST_LETTERS = 5
SHOWN = 20
# Phrases that share so many of their letters are one finding: they are parts of one passage.
_SAME_LETTERS = 0.8


class LetterText(NamedTuple):
    """The distinct rationales of a letter's items of the treatment, and how these were decided."""

    text: str
    is_overturned: bool


@dataclass(frozen=True)
class MarkingPhrase:
    """A phrase with the letters of each side that have it, and the p-value of its over-representation."""

    phrase: Phrase
    p_value: float


@dataclass(frozen=True)
class MarkingPhrases:
    """What marks overturned rationales: the phrases, the most certain first, and what they were found in.

    ``overturned`` and ``upheld`` are the letters compared, ``tested`` the phrases. ``is_sample`` tells that there were
    more letters than are read.
    """

    phrases: Sequence[MarkingPhrase]
    overturned: int
    upheld: int
    tested: int
    is_sample: bool


def marking_phrases(selection: Selection) -> MarkingPhrases:
    """Return the phrases that mark the overturned rationales of a selection of items."""
    return selection.cached("marking phrases", lambda: _of_selection(selection))


def phrases_that_mark(table: PhraseTable, outcomes: Sequence[bool], *, is_sample: bool = False) -> MarkingPhrases:
    """Return the phrases that mark the overturned ones of some letters, given which these are."""
    overturned = sum(outcomes)
    upheld = len(outcomes) - overturned
    counted = table.counts(outcomes)
    p_values = fisher_p_values([(each.overturned, each.upheld) for each in counted], overturned, upheld)
    found = [
        MarkingPhrase(phrase, float(p_value))
        for phrase, p_value, passes in zip(counted, p_values, discoveries(p_values), strict=True)
        if passes and phrase.overturned >= FEWEST_LETTERS
    ]
    # Of equals the longer phrase says more.
    found.sort(key=lambda each: (each.p_value, -len(each.phrase.stems), each.phrase.words))
    return MarkingPhrases(_apart(found, table), overturned, upheld, len(counted), is_sample)


def _apart(found: Iterable[MarkingPhrase], table: PhraseTable) -> list[MarkingPhrase]:
    """Keep the most certain of phrases that contain each other, or that stand in nearly the same letters."""
    apart: list[tuple[MarkingPhrase, frozenset[int]]] = []
    for each in found:
        if len(apart) == SHOWN:
            break
        letters = table.letters_of(each.phrase)
        if not any(
            each.phrase.contains_or_is_in(other.phrase) or len(letters & own) >= _SAME_LETTERS * len(letters | own)
            for other, own in apart
        ):
            apart.append((each, letters))
    return [each for each, _ in apart]


def _of_selection(selection: Selection) -> MarkingPhrases:
    decided = {each: selection.having(DIMENSION_BY_NAME["outcome"], [each.value]) for each in Outcome}
    sampled = [items.page(Order.NEWEST, Unit.DETERMINATIONS, offset=0, limit=SAMPLE) for items in decided.values()]
    is_sample = any(items.size(Unit.DETERMINATIONS) > SAMPLE for items in decided.values())
    letters = np.unique(np.array([key for keys in sampled for key in keys], dtype=np.int64))
    own = _items_of(selection, letters)
    texts = _letter_texts(own)
    table = phrase_table([each.text for each in texts], fewest=FEWEST_LETTERS)
    return phrases_that_mark(table, [each.is_overturned for each in texts], is_sample=is_sample)


def _items_of(selection: Selection, letters: NDArray[np.int64]) -> Selection:
    """Keep the items of some letters."""
    segments = zip(selection.positions, selection.snapshot.segments, strict=True)
    base, delta = (own & segment.positions.items_of_letters(letters) for own, segment in segments)
    return replace(selection, positions=(base, delta), criteria=None)


def _letter_texts(selection: Selection) -> list[LetterText]:
    """Read the letters of a selection in one query, the newest first; those decided both ways are left out."""
    keys = selection.item_keys()
    rows = DisputedItemText.objects.filter(pk__in=keys).exclude(item__outcome="").order_by("pk")
    by_letter: dict[int, list[tuple[str, str]]] = {}
    for letter, outcome, rationale in rows.values_list("item__determination_id", "item__outcome", "rationale"):
        by_letter.setdefault(letter, []).append((outcome, rationale))
    seen: set[bytes] = {b""}
    texts = []
    for letter in selection.page(Order.NEWEST, Unit.DETERMINATIONS, offset=0, limit=len(keys)):
        own = by_letter.get(letter, [])
        if len({outcome for outcome, _ in own}) == 1:
            fresh = {mark: text for _, text in own if (mark := fingerprint_of(words_of(text))) not in seen}
            seen |= fresh.keys()
            if fresh:
                texts.append(LetterText("\n".join(fresh.values()), own[0][0] == Outcome.OVERTURNED))
    return texts
