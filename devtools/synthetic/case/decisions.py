"""Generate the disputed items of a case and their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devtools.synthetic.case.cases import FAVOURED, OTHERWISE
from devtools.synthetic.case.prose import reason, reason_by_operation
from devtools.synthetic.case.reliance import MadeReliance, rely
from devtools.synthetic.case.requests import Request, make_request
from devtools.synthetic.tables import phrases, topics_for

if TYPE_CHECKING:
    from devtools.synthetic.case.cases import MadeCase
    from devtools.synthetic.chance import Dice
    from devtools.synthetic.tables import Topic

SINGLE_SHARE = 0.6  # of the letters have one item
FURTHER_SHARE = 0.703  # of the others have one more, and of those one more, and so on
MOST_ITEMS = 21
MOST_ITEMS_WITHOUT_LABELS = 4  # nobody could separate a rationale shared by more items
OPERATION_SHARES = (0.05, 0.16)  # of the letters with one item, and of the others


@dataclass(slots=True)
class Decision:
    """One decided item."""

    request: Request
    granted: bool
    administrator: MadeReliance
    reviewer: MadeReliance
    rationale: str

    @property
    def outcome(self) -> str:
        """The outcome as the parse schema names it."""
        return "overturned" if self.granted else "upheld"


def decide(dice: Dice, case: MadeCase, *, rare: bool) -> list[Decision]:
    """Decide everything that is in dispute in a case; ``rare`` rationales use rare words, too."""
    count = item_count(dice)
    if not case.labelled:
        count = min(count, MOST_ITEMS_WITHOUT_LABELS)
    operations = topics_for(case.region.slug, "operation")
    if operations.values and dice.chance(OPERATION_SHARES[count > 1]):
        return _operation(dice, case, count, rare=rare)
    return [
        _decision(dice, case, request, granted=_granted(dice, case, request.topic), rare=rare)
        for request in _plain_requests(dice, case, count)
    ]


def item_count(dice: Dice) -> int:
    """Draw how many items a letter has: 2.3 on average."""
    count = 1
    if not dice.chance(SINGLE_SHARE):
        count = 2
        while count < MOST_ITEMS and dice.chance(FURTHER_SHARE):
            count += 1
    return count


def _granted(dice: Dice, case: MadeCase, topic: Topic) -> bool:
    rates = phrases().overturned
    rate = rates.get(topic.treatment) or rates.get(topic.category) or rates["other"]
    return dice.chance(rate / 100 * (FAVOURED if case.favourable else OTHERWISE))


def _plain_requests(dice: Dice, case: MadeCase, count: int) -> list[Request]:
    table = topics_for(case.region.slug, "plain")
    found: dict[str, Request] = {}
    while len(found) < count:
        request = make_request(dice, case, table.draw(dice))
        found.setdefault(request.description, request)
    return list(found.values())


def _operation(dice: Dice, case: MadeCase, count: int, *, rare: bool) -> list[Decision]:
    """Decide an operation and the services around it, which mostly stand or fall with it."""
    topic = topics_for(case.region.slug, "operation").draw(dice)
    granted = _granted(dice, case, topic)
    decisions = [_decision(dice, case, make_request(dice, case, topic), granted=granted, rare=rare)]
    services = topics_for(case.region.slug, "surgical")
    drawn = {topic.id: topic for topic in (services.draw(dice) for _ in range(3 * count))}
    for topic in list(drawn.values())[: count - 1]:
        request = make_request(dice, case, topic, associated=True)
        needed = granted and dice.chance(0.8)
        follows = needed == granted and dice.chance(0.5)
        decisions.append(_decision(dice, case, request, granted=needed, follows=follows, rare=rare))
    return decisions


def _decision(
    dice: Dice, case: MadeCase, request: Request, *, granted: bool, rare: bool, follows: bool = False
) -> Decision:
    reviewer = rely(dice, case, request.topic, "reviewer")
    if follows:
        rationale = reason_by_operation(dice, request, granted=granted)
    else:
        rationale = reason(dice, case, request, reviewer, granted=granted, rare=rare)
    administrator = rely(dice, case, request.topic, "claims_administrator")
    return Decision(request, granted, administrator, reviewer, rationale)
