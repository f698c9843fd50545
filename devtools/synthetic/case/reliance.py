"""Generate the basis of each side for an item: its paragraph or sentence, and the citations in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devtools.synthetic.case.mtus import cite_mtus, cite_mtus_in_prose
from devtools.synthetic.case.other_guidelines import cite_outside, cite_outside_in_prose
from devtools.synthetic.chance import Weighted

if TYPE_CHECKING:
    from devtools.synthetic.case.cases import MadeCase
    from devtools.synthetic.case.citations import MadeCitation
    from devtools.synthetic.chance import Dice
    from devtools.synthetic.tables import Topic

# The bases of both sides where the MTUS speaks of the topic, and where it does not.
WITH_MTUS = {
    "reviewer": Weighted.of({"mtus": 75.5, "both": 13.5, "non_mtus": 4.5, "none_cited": 6.5}),
    "claims_administrator": Weighted.of({"mtus": 43, "both": 29, "non_mtus": 10, "none_cited": 18}),
}
WITHOUT_MTUS = {
    "reviewer": Weighted.of({"non_mtus": 93, "none_cited": 7}),
    "claims_administrator": Weighted.of({"non_mtus": 82, "none_cited": 18}),
}
VOICES = {"reviewer": "Expert Reviewer", "claims_administrator": "Claims Administrator"}


@dataclass(slots=True)
class MadeReliance:
    """One side's guideline paragraph, without its label: the text (None: the layout prints none) and what it means."""

    basis: str
    text: str | None
    citations: tuple[MadeCitation, ...] = ()

    @property
    def authority(self) -> str:
        """How a rationale speaks of what is relied on."""
        return self.citations[0].authority if self.citations else "generally accepted standards of practice"

    def as_json(self) -> dict[str, Any]:
        """Return the side as the parse schema has it."""
        return {
            "basis": self.basis,
            "text": self.text,
            "citations": [citation.as_json() for citation in self.citations],
        }


UNSTATED = MadeReliance("unstated", None)
NONE_CITED = {
    side: MadeReliance("none_cited", f"The {voice} did not cite any medical evidence for its decision.")
    for side, voice in VOICES.items()
}


def rely(dice: Dice, case: MadeCase, topic: Topic, side: str) -> MadeReliance:
    """Choose what one side relied on for an item and print it in the way of the letter's layout."""
    if side == "claims_administrator" and case.layout == "professional-review":
        return UNSTATED
    basis = (WITH_MTUS if case.era in topic.mtus else WITHOUT_MTUS)[side].draw(dice)
    if basis != "mtus" and basis != "none_cited" and not (topic.odg or topic.other):
        basis = "mtus" if basis == "both" else "none_cited"
    if basis == "none_cited":
        return NONE_CITED[side]
    if case.labelled:
        return _paragraph(dice, case, topic, side, basis)
    return _sentence(dice, case, topic, side, basis)


def _paragraph(dice: Dice, case: MadeCase, topic: Topic, side: str, basis: str) -> MadeReliance:
    """Print the paragraph of the boxed layout."""
    citations: tuple[MadeCitation, ...] = ()
    if basis == "non_mtus":
        text = _outside(case, VOICES[side])
    else:
        printed, citations = cite_mtus(dice, case, topic, terse=side == "claims_administrator")
        text = f"Decision based on MTUS {printed}."
    if basis != "mtus":
        printed, cited = cite_outside(dice, case, topic)
        text += f" Decision based on Non-MTUS Citation {printed}."
        citations = citations + cited
    return MadeReliance(basis, text, citations)


def _outside(case: MadeCase, voice: str) -> str:
    if case.era == "early":
        return f"The {voice} did not base their decision on the MTUS."
    return f"The {voice} based their decision on recommendation(s) outside of the MTUS Guidelines."


def _sentence(dice: Dice, case: MadeCase, topic: Topic, side: str, basis: str) -> MadeReliance:
    """Print the sentence of the layouts of 2013."""
    pieces: list[str] = []
    citations: tuple[MadeCitation, ...] = ()
    if basis != "non_mtus":
        printed, citations = cite_mtus_in_prose(dice, case, topic)
        pieces.append(f"{printed}, which is part of the Medical Treatment Utilization Schedule (MTUS)")
    if basis != "mtus":
        printed, cited = cite_outside_in_prose(dice, case, topic)
        pieces.append(f"{printed}, which is not part of the MTUS")
        citations = citations + cited
    whose = "his/her" if side == "reviewer" else "its"
    return MadeReliance(basis, f"The {VOICES[side]} based {whose} decision on {', and on '.join(pieces)}.", citations)
