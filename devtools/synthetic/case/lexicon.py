"""A vocabulary of invented words with a long tail, for archives of millions of letters.

Real archives contain tens of thousands of rare words, and a large vocabulary slows an index down. The stems are built
from syllables and drawn by Zipf's law. Phrases belong to a theme (a treatment, a body part), so that words occur
together as they do in real notes.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from devtools.synthetic.chance import Dice

if TYPE_CHECKING:
    from random import Random

ROOTS = (
    *("neur", "cardi", "myel", "arthr", "oste", "derm", "gastr", "hepat", "nephr", "pulm", "cerebr", "crani"),
    *("spondyl", "tend", "ligam", "chondr", "vertebr", "lumb", "thorac", "cervic", "sacr", "ili", "femor", "tibi"),
    *("fibul", "patell", "carp", "tars", "digit", "clavic", "scapul", "humer", "uln", "radi", "acromi", "brachi"),
    *("cost", "stern", "mandibul", "ocul"),
)
LINKS = tuple(vowel + consonant for vowel in "aeiou" for consonant in "bdglmnrt")
# Ends that no stemmer takes off, so that as many stems are left as there are words.
ENDS = (
    *("ax", "ox", "ix", "yx", "um", "on", "ol", "od", "id", "ap", "ur", "yl", "oph", "yth", "olt", "ect", "act"),
    *("urn", "awn", "ond", "orb", "ilk", "ung", "esk", "ump", "alt", "erk", "oft", "isp", "arth", "enth", "orm"),
    *("alg", "arm", "ulf", "ost", "ank", "umb", "arn", "elm"),
)
PHRASES_OF_A_THEME = 240
OWN_STEMS_OF_A_THEME = 200

SENTENCES = (
    "The consultant described {0} with {2}, and {1} was suspected.",
    "Earlier notes speak of {0} after {1}, with signs of {2} and {3}.",
    "There is a history of {0}, treated for {2}, and of {1}.",
    "A second opinion found {0} rather than {1}, and no {2}.",
    "The differential included {0}, {1} and a {2} with {3}.",
    "A {2} test was negative, while {0} and {1} were thought possible.",
    "Of the earlier findings, {0} had resolved, and {1} was stable in spite of {2}.",
    "The {2} score rose after {0}, and {1} was left unchanged.",
)


@cache
def stems() -> tuple[str, ...]:
    """Return the 64,000 stems, the commonest first."""
    words = ["".join(parts) for parts in product(ROOTS, LINKS, ENDS)]
    Dice("the rank of each stem").shuffle(words)
    return tuple(words)


def stem(dice: Random) -> str:
    """Draw a stem by Zipf's law: the n-th commonest is n times rarer than the commonest."""
    ranked = stems()
    return ranked[int(len(ranked) ** dice.random()) - 1]


@cache
def phrases_of(theme: str) -> tuple[str, ...]:
    """Return the phrases of a theme, the commonest first: one word of the theme's own, and one of everybody's."""
    dice = Dice(f"the phrases of {theme}")
    own = dice.some(stems(), OWN_STEMS_OF_A_THEME)
    return tuple(f"{own[int(len(own) ** dice.random()) - 1]} {stem(dice)}" for _ in range(PHRASES_OF_A_THEME))


def sentence(dice: Dice, theme: str) -> str:
    """Write a sentence in the words of a theme. It states nothing that a parser would look for."""
    phrases = phrases_of(theme)
    size = len(phrases)
    return dice.pick(SENTENCES).format(
        phrases[int(size ** dice.random()) - 1],
        phrases[int(size ** dice.random()) - 1],
        stem(dice),
        stem(dice),
    )
