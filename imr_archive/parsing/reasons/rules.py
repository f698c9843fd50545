"""The rules that turn a clause's tags into reasons, read from ``tables/reasons/rules.toml``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome, ReasonCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imr_archive.parsing.reasons.lexicon import Tagged
    from imr_archive.parsing.reasons.reading import Statement

Tags = frozenset[str]

AGAINST: Tags = frozenset({"against", "experimental"})
_CONDITIONAL: Tags = frozenset({"conditional", "generic"})
_ABOUT_LENGTH: Tags = frozenset({"over-limit", "long-term"})
_MOST_WORDS_BETWEEN = 8


class Ground(NamedTuple):
    """A reason that one clause [start, end) of a sentence states, by which rule, and the words that decided.

    ``item`` are the tags of which the rationale must miss one elsewhere for the reason to count.
    """

    code: ReasonCode
    start: int
    end: int
    rule: str
    words: tuple[str, ...]
    item: Tags = frozenset()
    is_fallback: bool = False
    is_firm: bool = True


class _Rule(NamedTuple):
    """One row of the table; ``code`` is None where the row says that a clause states no reason."""

    name: str
    code: ReasonCode | None
    all: Tags
    any: Tags
    none: Tags
    near: tuple[str, ...]
    sentence: Tags
    item: Tags
    also: bool
    fallback: bool


def _read() -> dict[Outcome, tuple[_Rule, ...]]:
    """Return the table's rows by the outcome that they explain."""
    rules: dict[Outcome, list[_Rule]] = {outcome: [] for outcome in Outcome}
    for row in load("reasons/rules")["rule"]:
        rule = _Rule(
            name=row["name"],
            code=ReasonCode(row["code"]) if "code" in row else None,
            all=frozenset([*row.get("all", ()), *row.get("near", ())]),
            any=frozenset(row.get("any", ())),
            none=frozenset(row.get("none", ())),
            near=tuple(row.get("near", ())),
            sentence=frozenset(row.get("sentence", ())),
            item=frozenset(row.get("item", ())),
            also=row.get("also", False),
            fallback=row.get("fallback", False),
        )
        rules[Outcome(row.get("outcome", Outcome.UPHELD))].append(rule)
    return {outcome: tuple(rows) for outcome, rows in rules.items()}


_ALL_RULES = _read()

# The rows that can hold for a clause that misses something, and for one that doesn't.
_RULES = {
    (outcome, absent): tuple(row for row in rows if "absent" not in (row.none if absent else row.all))
    for outcome, rows in _ALL_RULES.items()
    for absent in (True, False)
}

ITEM_TAGS: Tags = frozenset().union(*(rule.item for rows in _ALL_RULES.values() for rule in rows))


def _trigger(rule: _Rule) -> Tags:
    """Return the tags of which one stands in every clause that a row can hold for: the one with the fewest phrases."""
    if "absent" in rule.all:
        return frozenset({"absent"})
    lexicon = load("reasons/lexicon")
    return frozenset({min(rule.all, key=lambda tag: len(lexicon.get(tag, ())))}) if rule.all else rule.any


_TRIGGERS = {outcome: frozenset().union(*map(_trigger, rows)) for outcome, rows in _ALL_RULES.items()}


def triggers(outcome: Outcome) -> Tags:
    """Return the tags of which a sentence must carry one to state a reason."""
    return _TRIGGERS[outcome]


def grounds_of(statement: Statement, outcome: Outcome, sentence: Tags) -> Iterator[Ground]:
    """Yield what a clause states, in the table's order; ``sentence`` are the tags of the sentence's other clauses."""
    tags = statement.tags
    found = False
    for rule in _RULES[outcome, "absent" in tags]:
        if (
            not rule.all <= tags
            or not rule.none.isdisjoint(tags)
            or (rule.any and rule.any.isdisjoint(tags))
            or (rule.fallback and found)
            or (rule.sentence and rule.sentence.isdisjoint(sentence))
            or (rule.near and not _are_near(statement.tagged, *rule.near))
        ):
            continue
        if rule.code is not None:
            yield _ground(statement, rule.code, rule.name, rule.all | rule.any, rule.item, rule.fallback)
        found = True
        if not rule.also:
            return


def recited(statements: Iterable[Statement]) -> Iterator[Ground]:
    """Yield what a guideline says against the service without a condition."""
    for statement in statements:
        tags = statement.tags
        if not tags.isdisjoint(AGAINST) and tags.isdisjoint(_CONDITIONAL):
            code = ReasonCode.NOT_RECOMMENDED if tags.isdisjoint(_ABOUT_LENGTH) else ReasonCode.EXCEEDS_GUIDELINE
            ground = _ground(statement, code, "guideline recited", AGAINST)
            yield ground._replace(is_firm="against" in tags and "finding" not in tags)


def tags_of_others(statements: Sequence[Statement]) -> list[Tags]:
    """Return for each clause of a sentence the tags that its other clauses carry."""
    if len(statements) == 1:
        return [frozenset()]
    counts = Counter(tag for statement in statements for tag in statement.tags)
    return [
        frozenset(tag for tag, count in counts.items() if count > (tag in statement.tags)) for statement in statements
    ]


def _ground(
    statement: Statement,
    code: ReasonCode,
    name: str,
    decisive: Tags,
    item: Tags = frozenset(),
    is_fallback: bool = False,
) -> Ground:
    """Return a ground with the words of its clause that carry the decisive tags."""
    if "absent" in decisive:
        decisive |= {"neg", "unknown"}
    places = {place for found in statement.tagged if found.tag in decisive for place in range(found.first, found.last)}
    words = tuple(statement.words[place] for place in sorted(places))
    return Ground(code, statement.start, statement.end, name, words, item, is_fallback)


def _are_near(tagged: Iterable[Tagged], left: str, right: str) -> bool:
    """Return whether a phrase of one tag is followed by one of the other within a few words."""
    ends = {found.last for found in tagged if found.tag == left}
    return any(
        found.tag == right and not ends.isdisjoint(range(found.first - _MOST_WORDS_BETWEEN, found.first + 1))
        for found in tagged
    )
