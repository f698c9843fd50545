"""The rules that turn a clause's tags into reasons, read from ``tables/reasons/rules.toml``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.reasons.lexicon import tag, words_of, words_with
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
_RECITED = "guideline recited"
_MOST_WORDS_BETWEEN = 8

# These follow from a clause's place in the sentence, so that the sentence's own tags can't rule them out.
_OF_CLAUSES: Tags = frozenset({"given-first", "neg-first", "there"})


class Ground(NamedTuple):
    """A reason that one clause [start, end) of a sentence states, and by which rule.

    ``item`` are the tags of which the rationale must miss one elsewhere for the reason to count, ``recital`` those of
    which what it recites must carry one.
    """

    code: ReasonCode
    start: int
    end: int
    rule: str
    item: Tags = frozenset()
    recital: Tags = frozenset()
    is_fallback: bool = False
    is_firm: bool = True

    @property
    def may_be_history(self) -> bool:
        """Return whether the words could as well tell a finding of the history."""
        return self.is_fallback and self.code is ReasonCode.NO_INDICATION


class ReasonRule(NamedTuple):
    """One row of the table; ``code`` is None where the row says that a clause states no reason."""

    name: str
    code: ReasonCode | None
    all: Tags
    any: Tags
    none: Tags
    near: tuple[str, ...]
    sentence: Tags
    unless: Tags
    item: Tags
    recital: Tags
    also: bool
    fallback: bool


def _read() -> dict[Outcome, tuple[ReasonRule, ...]]:
    """Return the table's rows by the outcome that they explain."""
    rules: dict[Outcome, list[ReasonRule]] = {outcome: [] for outcome in Outcome}
    for row in load("reasons/rules")["rule"]:
        rule = ReasonRule(
            name=row["name"],
            code=ReasonCode(row["code"]) if "code" in row else None,
            all=frozenset([*row.get("all", ()), *row.get("near", ())]),
            any=frozenset(row.get("any", ())),
            none=frozenset(row.get("none", ())),
            near=tuple(row.get("near", ())),
            sentence=frozenset(row.get("sentence", ())),
            unless=frozenset(row.get("unless", ())),
            item=frozenset(row.get("item", ())),
            recital=frozenset(row.get("recital", ())),
            also=row.get("also", False),
            fallback=row.get("fallback", False),
        )
        rules[Outcome(row.get("outcome", Outcome.UPHELD))].append(rule)
    return {outcome: tuple(rows) for outcome, rows in rules.items()}


_RULES = _read()

_DECISIVE = {rule.name: rule.all | rule.any for rules in _RULES.values() for rule in rules} | {_RECITED: AGAINST}

ITEM_TAGS: Tags = frozenset().union(*(rule.item for rows in _RULES.values() for rule in rows))
RECITAL_TAGS: Tags = frozenset().union(*(rule.recital for rows in _RULES.values() for rule in rows))


def rules_for(tags: set[str], outcome: Outcome) -> list[ReasonRule]:
    """Return the rows that can hold for a clause of a sentence with these tags, in the table's order."""
    tags = tags | _OF_CLAUSES
    return [rule for rule in _RULES[outcome] if rule.all <= tags and not (rule.any and rule.any.isdisjoint(tags))]


def grounds_of(statement: Statement, rules: Iterable[ReasonRule], sentence: Tags) -> Iterator[Ground]:
    """Yield what a clause states, in the table's order; ``sentence`` are the tags of the sentence's other clauses."""
    tags = statement.tags
    found = False
    for rule in rules:
        if (
            not rule.all <= tags
            or not rule.none.isdisjoint(tags)
            or (rule.any and rule.any.isdisjoint(tags))
            or (rule.fallback and found)
            or (rule.sentence and rule.sentence.isdisjoint(sentence))
            or not rule.unless.isdisjoint(sentence)
            or (rule.near and not _are_near(tag(statement.words, rule.all), *rule.near))
        ):
            continue
        if rule.code is not None:
            yield Ground(rule.code, statement.start, statement.end, rule.name, rule.item, rule.recital, rule.fallback)
        found = True
        if not rule.also:
            return


def recited(statements: Iterable[Statement]) -> Iterator[Ground]:
    """Yield what a guideline says against the service without a condition."""
    for statement in statements:
        tags = statement.tags
        if not tags.isdisjoint(AGAINST) and tags.isdisjoint(_CONDITIONAL):
            code = ReasonCode.NOT_RECOMMENDED if tags.isdisjoint(_ABOUT_LENGTH) else ReasonCode.EXCEEDS_GUIDELINE
            is_firm = "against" in tags and "finding" not in tags
            yield Ground(code, statement.start, statement.end, _RECITED, is_firm=is_firm)


def tags_of_others(statements: Sequence[Statement]) -> list[Tags]:
    """Return for each clause of a sentence the tags that its other clauses carry."""
    if len(statements) == 1:
        return [frozenset()]
    counts = Counter(label for statement in statements for label in statement.tags)
    return [
        frozenset(label for label, count in counts.items() if count > (label in statement.tags))
        for statement in statements
    ]


def deciding_words(clause: str, rule: str) -> tuple[str, ...]:
    """Return the words of a clause by which the rule of that name found its reason."""
    decisive = _DECISIVE[rule]
    return words_with(words_of(clause), decisive | {"neg", "unknown"} if "absent" in decisive else decisive)


def _are_near(tagged: Iterable[Tagged], left: str, right: str) -> bool:
    """Return whether a phrase of one tag is followed by one of the other within a few words."""
    ends = {found.last for found in tagged if found.tag == left}
    return any(
        found.tag == right and not ends.isdisjoint(range(found.first - _MOST_WORDS_BETWEEN, found.first + 1))
        for found in tagged
    )
