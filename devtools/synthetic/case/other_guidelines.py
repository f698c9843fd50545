"""Generate citations of guidelines outside the MTUS: the Official Disability Guidelines, and others by title."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from devtools.synthetic.case.cases import short_slashes
from devtools.synthetic.case.citations import MadeCitation
from devtools.synthetic.chance import Weighted
from devtools.synthetic.tables import phrases

if TYPE_CHECKING:
    from devtools.synthetic.case.cases import MadeCase
    from devtools.synthetic.case.citations import Cited
    from devtools.synthetic.chance import Dice
    from devtools.synthetic.tables import Topic

ODG_FORMS = (
    "Official Disability Guidelines (ODG), {name} Chapter, {section}",
    "Official Disability Guidelines (ODG) {name}, {section}",
    "Official Disability Guidelines, {name} Chapter, {section}",
    "Official Disability Guidelines (ODG), {name} Chapter (updated {updated}), {section}",
    "ODG, {name} Chapter, {section}",
    "Official Disability Guidelines (ODG) {name} Chapter: {section}",
)
ODG_FORMS_SINCE_2018 = (
    *ODG_FORMS,
    "ODG by MCG, {name} Chapter, {section}",
    "Official Disability Guidelines (ODG by MCG), {name} Chapter, {section}",
    "ODG by MCG (last updated {updated}), {name}, {section}",
)


def cite_outside(dice: Dice, case: MadeCase, topic: Topic) -> Cited:
    """Cite something outside the MTUS on a topic that has an ODG section, another source, or both."""
    other = dice.pick(topic.other) if topic.other else ""
    if topic.odg is None or (other and dice.chance(0.15)):
        return other, (MadeCitation("other", other),)
    printed, cited = _odg_choices(*_odg(case, topic), case.era == "late").draw(dice)
    if "{updated}" in printed:
        printed = printed.format(updated=short_slashes(case.ur_decision - timedelta(dice.between(3, 40))))
    if other and dice.chance(0.3):
        return f"{printed} and Other Medical Treatment Guidelines {other}", (*cited, MadeCitation("other", other))
    return printed, cited


def _odg(case: MadeCase, topic: Topic) -> tuple[str, str]:
    """Return the chapter and section of the Official Disability Guidelines on a topic that has them."""
    chapter, section = topic.odg or ("", "")
    return (case.region.odg if chapter == "region" else chapter), section


@cache
def _odg_choices(chapter: str, section: str, late: bool) -> Weighted[Cited]:
    """Return the ways to cite a section; one in 33 names the guidelines only, one in 6 the chapter only."""
    forms = ODG_FORMS_SINCE_2018 if late else ODG_FORMS
    names = phrases().odg_names.get(chapter, (chapter,))
    weight = 0.8 / len(forms) / len(names)
    whole = (MadeCitation("odg", chapter),)
    choices: dict[Cited, float] = {("Official Disability Guidelines (ODG)", (MadeCitation("odg", "ODG"),)): 0.03}
    for name in names:
        choices[f"Official Disability Guidelines (ODG), {name} Chapter", whole] = 0.17 / len(names)
        for form in forms:
            printed = form.format(name=name, section=section, updated="{updated}")
            choices[printed, (whole[0]._replace(section=section),)] = weight
    return Weighted.of(choices)


def cite_outside_in_prose(dice: Dice, case: MadeCase, topic: Topic) -> Cited:
    """Cite something outside the MTUS inside a sentence, as the letters before the boxed ones do."""
    if topic.odg is None:
        other = dice.pick(topic.other)
        return other, (MadeCitation("other", other),)
    chapter, section = _odg(case, topic)
    name = phrases().odg_names.get(chapter, (chapter,))[0]
    printed = f"the Official Disability Guidelines (ODG), {name} Chapter, {section}"
    return printed, (MadeCitation("odg", chapter, section=section),)
