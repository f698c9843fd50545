"""Generate a case: its dates, worker, reviewer and letter layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from devtools.synthetic.chance import Dice, Weighted
from devtools.synthetic.tables import Region, phrases, region_named, regions

if TYPE_CHECKING:
    from collections.abc import Callable

YEARS = Weighted.of(
    {2013: 5, 2014: 14, 2015: 18, 2016: 15, 2017: 12, 2018: 8, 2019: 7}
    | {2020: 6, 2021: 5, 2022: 4, 2023: 4, 2024: 3, 2025: 3, 2026: 1}
)
LAST_DAY = date(2026, 6, 30)
BOXED_ONLY_FROM = date(2014, 7, 1)
# Until then: from each day on, the layouts in use and their shares.
LAYOUTS = (
    (date(2014, 2, 1), Weighted.of({"boxed": 7, "plain": 3})),
    (date(2013, 11, 1), Weighted.of({"plain": 1, "notice": 1})),
    (date(2013, 9, 1), Weighted.of({"notice": 1})),
    (date(2013, 1, 1), Weighted.of({"professional-review": 1})),
)
SECTIONS_FROM = date(2016, 9, 1)  # letters begin to cite documents with years and section names
CURRENT_FROM = date(2018, 2, 1)  # letters begin to cite the ACOEM topics adopted in December 2017
LIST_FROM = date(2014, 9, 1)  # the reviewer's credentials become a list
REVIEWERS, FINDINGS = 300, 100  # made once and drawn from: so many that nobody tells
BOX_LOST_UNTIL = date(2016, 1, 1)
BOX_LOST_SHARE = 0.12  # of the boxed letters until then

# A table, since strftime takes as long as everything else of a date.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class MadeReviewer:
    """The reviewer's profile: what is printed of it, and the canonical values."""

    certifications: tuple[str, ...]
    subspecialties: tuple[str, ...]
    states: tuple[str, ...]
    board_printed: str
    as_prose: bool


@dataclass(slots=True)
class MadeCase:
    """The facts of one case.

    ``labelled`` letters head each item by the request and its outcome, as the boxed layout does; ``boxed`` ones
    have the box itself. ``era`` is which of the three ways of citing the MTUS the letter uses. ``show`` prints a date
    the way this letter's author does.
    """

    layout: str
    labelled: bool
    boxed: bool
    era: str
    injury: date
    visit: date
    ur_decision: date
    received: date
    assigned: date
    decision: date
    expedited: bool
    age: int
    sex: str
    region: Region
    side: str | None
    favourable: bool
    person: str
    show: Callable[[date], str]
    facts: dict[str, Any] = field(
        default_factory=dict
    )  # what the sentences of summaries and rationales are filled with


def make_case(dice: Dice, layout: str | None = None) -> MadeCase:
    """Make up one case, of a given layout or of any."""
    decision, drawn = _decision(dice)
    while layout not in (None, drawn):
        decision, drawn = _decision(dice)
    boxed = drawn == "boxed" and not (decision < BOX_LOST_UNTIL and dice.chance(BOX_LOST_SHARE))
    expedited = boxed and dice.chance(0.03)
    assigned = decision - timedelta(dice.between(2, 6) if expedited else dice.between(16, 48))
    received = assigned - timedelta(dice.between(1, 5) if expedited else dice.between(4, 24))
    ur_decision = received - timedelta(dice.between(2, 30))
    injury = ur_decision - timedelta(dice.pick((60, 200, 500, 1200, 3000)) + dice.between(0, 200))
    region = regions().draw(dice)
    case = MadeCase(
        layout=drawn,
        labelled=drawn == "boxed",
        boxed=boxed,
        era="early" if decision < SECTIONS_FROM else "middle" if decision < CURRENT_FROM else "late",
        injury=injury,
        visit=ur_decision - timedelta(dice.between(6, 28)),
        ur_decision=ur_decision,
        received=received,
        assigned=assigned,
        decision=decision,
        expedited=expedited,
        age=min(dice.between(19, 62) + (decision - injury).days // 365, 74),
        sex=dice.pick("MMMFF"),
        region=region,
        side=dice.pick(("left", "right", "left", "right", "bilateral")) if region.plural else None,
        favourable=dice.chance(FAVOURABLE_SHARE),
        person=dice.pick(("injured worker", "injured worker", "patient", "applicant")),
        show=dice.pick(DATE_STYLES),
    )
    case.facts = _facts(dice, case)
    return case


@cache
def _findings(region_slug: str) -> tuple[dict[str, str], ...]:
    """Return what may be felt, found and diagnosed at a part of the body."""
    dice, region = Dice(f"findings/{region_slug}"), region_named(region_slug)
    found: list[dict[str, str]] = []
    for _ in range(FINDINGS):
        diagnoses = dice.some(region.diagnoses, dice.between(1, 2))
        found.append(
            {
                "complaint": dice.pick(region.complaints),
                "exam": dice.pick(region.exam),
                "study": dice.pick(region.studies),
                "diagnosis": diagnoses[0],
                "diagnoses": " and ".join(diagnoses),
            }
        )
    return tuple(found)


def _facts(dice: Dice, case: MadeCase) -> dict[str, Any]:
    words, show = phrases().words, case.show
    return {
        **dice.pick(_findings(case.region.slug)),
        "who": case.person,
        "age": case.age,
        "years": "year-old" if dice.chance(0.5) else "year old",
        "sex": "male" if case.sex == "M" else "female",
        "occupation": dice.pick(words["occupations"]),
        "how": dice.pick(words["mechanisms"]),
        "score": dice.between(4, 9),
        "work": dice.pick(words["work_status"]),
        "injured": show(case.injury),
        "visit": show(case.visit),
        "day": show(case.ur_decision),
        "reason": dice.pick(words["denial_reasons"]),
    }


# One letter in six goes well for the worker: its items are overturned so many times as often as items on average.
FAVOURABLE_SHARE = 0.16
FAVOURED, OTHERWISE = 3.8, 0.467


def _decision(dice: Dice) -> tuple[date, str]:
    year = YEARS.draw(dice)
    last = LAST_DAY if year == LAST_DAY.year else date(year, 12, 28)
    day = date.fromordinal(dice.between(date(year, 1, 6).toordinal(), last.toordinal()))
    if day >= BOXED_ONLY_FROM:
        return day, "boxed"
    layouts = next(layouts for start, layouts in LAYOUTS if day >= start)
    return day, layouts.draw(dice)


def make_reviewer(dice: Dice, case: MadeCase, categories: set[str]) -> MadeReviewer:
    """Choose a reviewer whose boards suit what is in dispute."""
    if case.decision < LIST_FROM:
        return dice.pick(_early_reviewers())
    return dice.pick(_reviewers(_board_table(dice, categories)))


@cache
def _reviewers(table: str) -> tuple[MadeReviewer, ...]:
    """Return reviewers whose credentials are listed, with the boards of a table."""
    dice = Dice(f"reviewers/{table}")
    boards = (phrases().boards[table].draw(dice) for _ in range(REVIEWERS))
    return tuple(MadeReviewer(tuple(board.split(", ")), (), _states(dice), board, as_prose=False) for board in boards)


@cache
def _early_reviewers() -> tuple[MadeReviewer, ...]:
    """Return reviewers whose credentials stand in a sentence."""
    dice = Dice("early reviewers")
    found: list[MadeReviewer] = []
    for _ in range(REVIEWERS):
        board = phrases().prose_boards.draw(dice)
        choices = phrases().prose_subspecialties.get(board, ())
        subspecialties = (dice.pick(choices),) if choices and dice.chance(0.4) else ()
        names = (board.replace(" and ", " & "),)
        found.append(MadeReviewer(names, subspecialties, _states(dice)[:2], board, as_prose=True))
    return tuple(found)


def _board_table(dice: Dice, categories: set[str]) -> str:
    boards = phrases().boards
    for category in sorted(categories):
        if category in boards and dice.chance(0.75):
            return category
    return "general"


def _states(dice: Dice) -> tuple[str, ...]:
    states = ["California"] if dice.chance(0.8) else []
    for _ in range(dice.pick((0, 0, 0, 1, 1, 2)) + (not states)):
        state = phrases().states.draw(dice)
        if state not in states:
            states.insert(dice.between(0, len(states)), state)
    return tuple(states)


# --- dates ------------------------------------------------------------------------------------------------------------


def slashes(day: date) -> str:
    """Print a date as the box does."""
    return f"{day.month:02}/{day.day:02}/{day.year}"


def bare_slashes(day: date) -> str:
    """Print a date without leading zeros, as notices do."""
    return f"{day.month}/{day.day}/{day.year}"


def short_slashes(day: date) -> str:
    """Print a date with a year of two digits."""
    return f"{day.month}/{day.day}/{day.year % 100:02}"


def _dashes(day: date) -> str:
    return f"{day.month}-{day.day}-{day.year}"


def _short_dashes(day: date) -> str:
    return f"{day.month}-{day.day}-{day.year % 100:02}"


def _words(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


DATE_STYLES = (_dashes, slashes, _words, _short_dashes, short_slashes)
