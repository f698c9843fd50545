"""Classify a drug that is not in our tables by the form or the strength printed after its name."""

from __future__ import annotations

import re

from imr_archive.parsing.requests.treatment_table import TOPICAL_ANALGESIC
from imr_archive.parsing.tables.terms import FoundTerm

OTHER_DRUG = "pharmaceuticals/other-drug"

# Words that stand before a form and are no drug's name: "topical cream", "compounded gel".
_NO_NAME = r"""(?! (?: topical | compound(?:ed)? | pain | analgesic | transdermal | medicated | medications?
    | additional | prescription | unknown | unspecified | refills? | request | retrospective | bottles? | tubes? | oral
    | total | with | each | these | this | that | one | two | three | four | more ) \b )"""
_WORD = rf"{_NO_NAME} [A-Za-z][A-Za-z-]{{3,30}}"
# "Zyzofen", "Nortexa ER", "Tri-Vexa forte"
_NAME = rf"{_WORD} (?: [ ] [A-Za-z-]{{1,20}} ){{0,2}}"
_STRENGTH = r"\d{1,5} (?: [.,/] \d{1,4} ){0,3} \s? (?: % | m[gc]g? \b (?: / \s? \d{0,3} \s? ml )? | iu\b | units?\b )"
_MEASURE = r"\d{1,4} \s? (?:gm?|grams?|ml|oz) [\s,]{1,3}"
_BETWEEN = rf"[\s,:;()-]{{1,4}} (?: {_STRENGTH} [\s,:;()/-]{{0,4}} | {_MEASURE} | of \s ){{0,3}}"
_RELEASE = r"(?: [ ] (?: ER | XR | SR | CR | DR | IR | LA | HCL | ODT | EC | XL | DS | forte | sodium ) \b )?"

_TOPICAL = re.compile(
    rf"""
    \b {_NAME} {_BETWEEN} (?: topical \s | transdermal \s )?
    (?: creams? | gels? | ointments? | lotions? | patch(?:es)? | balm | salve | roll-?\s?on | liniment | foam
      | topical (?: \s (?: solution | spray ) )? | transdermal ) \b
    | \b {_WORD} [\s,:]{{1,3}} \d{{1,3}} (?:\.\d{{1,3}})? \s? % [\s,(]{{1,3}}
      \d{{1,4}} \s? (?: gm?s? | grams? | ml | oz ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TAKEN = re.compile(
    rf"""
    \b {_NAME} {_BETWEEN}
    (?: tablets? | tabs? | capsules? | caps? | caplets? | gelcaps? | softgels? | pills? | suspension | syrup | elixir
      | (?: oral \s | nasal \s )? (?: solution | spray ) | lozenges? | suppositor(?:y|ies) | inhaler | vials?
      | oral \s liquid | (?: eye \s | ear \s | nasal \s )? drops | powder | troches? | sublingual (?: \s film )? ) \b
    | \b {_WORD} {_RELEASE} [\s,:(-]{{1,3}} \d{{1,5}} (?: [.,/-] \d{{1,4}} ){{0,3}} \s? (?: mg | mcg | milligrams? ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def find_unknown_drug(text: str) -> FoundTerm[str] | None:
    """Return the treatment that a drug's printed form shows, with the place of its name and form, or None."""
    for pattern, treatment in ((_TOPICAL, TOPICAL_ANALGESIC), (_TAKEN, OTHER_DRUG)):
        found = pattern.search(text)
        if found:
            return FoundTerm(treatment, found.start(), found.end())
    return None
