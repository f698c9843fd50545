"""A search oracle: find the documents of a question in plain Python, by reading every word of every text.

``questions()`` generates questions as readers type them, each with the rule that says which documents it finds. The
rules do not use the archive's query parser, its syntax trees or a database.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import snowballstemmer
from hypothesis import strategies as st

SECTIONS = {
    "request": ("description", "original_request", "authorized"),
    "rationale": ("rationale",),
    "guideline": ("ca_guideline", "reviewer_guideline"),
    "summary": ("clinical_summary",),
}
WORDS = [
    *("bone", "scan", "scans", "fusion", "Fusions", "lumbar", "opioid", "opioids", "medication", "medicine"),
    *("therapy", "physical", "PT", "ESI", "epidural", "steroid", "injection", "L4-5", "10/325", "the", "was", "#60"),
]
CASES = ["CM90-0000001", "CM90-0000002", "CM91-0000003"]
# Words that the thesaurus widens by, written out here by hand.
ALSO = {
    "PT": ["physical therapy", "physiotherapy"],
    "ESI": ["epidural steroid injection", "epidural injection", "lesi", "tfesi"],
}

# So many words stand near one another; a notice tells that the others were left out.
MOST_NEAR = 5

_stem = snowballstemmer.stemmer("porter").stemWord


@dataclass(frozen=True)
class OracleItem:
    """One disputed item with everything that a question can find it by."""

    case_number: str
    texts: dict[str, str]
    citations: tuple[tuple[str, ...], ...] = field(default=())

    def texts_in(self, sections: Collection[str]) -> list[str]:
        columns = [column for name in sections or SECTIONS for column in SECTIONS[name]]
        return [self.texts.get(column, "") for column in columns]


# Whether a document answers a question that is looked for in these sections (none: all of them).
Rule = Callable[[OracleItem, Sequence[str]], bool]


@dataclass(frozen=True)
class OracleQuestion:
    """A question as typed, and the rule of what it finds."""

    typed: str
    rule: Rule

    def finds(self, document: OracleItem, scope: str = "item") -> bool:
        return self.rule(document, ("request", "rationale", "guideline") if scope == "item" else ())

    def __repr__(self) -> str:
        return f"OracleQuestion({self.typed!r})"


def words_of(text: str) -> list[str]:
    return [_stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


def stands(phrase: str, text: str) -> bool:
    """Whether the words of a phrase stand side by side."""
    return bool(places(phrase, text))


def places(phrase: str, text: str) -> list[tuple[int, int]]:
    """The first and last word of each place where a phrase stands."""
    wanted, words = words_of(phrase), words_of(text)
    return [
        (at, at + len(wanted) - 1)
        for at in range(len(words) - len(wanted) + 1)
        if words[at : at + len(wanted)] == wanted
    ]


def stand_near(phrases: Sequence[str], text: str, within: int) -> bool:
    """Whether each phrase has a place that ends at most so many words before the last of them begins."""
    for chosen in itertools.product(*(places(phrase, text) for phrase in phrases)):
        last = max(start for start, _ in chosen)
        if all(last - end <= within for _, end in chosen):
            return True
    return False


def begins(beginning: str, endings: Sequence[str], text: str) -> bool:
    """Whether a word's stem begins so, or is that of the beginning with one of the endings."""
    stems = {_stem(beginning + ending) for ending in endings}
    return any(word.startswith(_stem(beginning)) or word in stems for word in words_of(text))


def in_text(holds: Callable[[str], bool]) -> Rule:
    return lambda document, sections: any(holds(text) for text in document.texts_in(sections))


def word(typed: str) -> OracleQuestion:
    wordings = [typed, *ALSO.get(typed, ())]
    return OracleQuestion(typed, in_text(lambda text: any(stands(wording, text) for wording in wordings)))


def phrase(words: Sequence[str]) -> OracleQuestion:
    inside = " ".join(words)
    return OracleQuestion(f'"{inside}"', in_text(lambda text: stands(inside, text)))


def proximity(words: Sequence[str], within: int, *, connector: bool) -> OracleQuestion:
    # Of more than two words, each part of an identifier stands alone.
    parts = list(words) if len(words) == 2 else [part for each in words for part in re.findall(r"\w+", each)]
    typed = f" /{within} ".join(words) if connector else f'"{" ".join(words)}"~{within}'
    return OracleQuestion(typed, in_text(lambda text: stand_near(parts[:MOST_NEAR], text, within)))


def beginning(typed: str, endings: Sequence[str]) -> OracleQuestion:
    return OracleQuestion(f"{typed}*", in_text(lambda text: begins(typed, endings, text)))


def cites(inside: str) -> OracleQuestion:
    return OracleQuestion(
        f'cites:"{inside}"',
        lambda document, _: any(stands(inside, name) for names in document.citations for name in names),
    )


def case(number: str, *, bare: bool) -> OracleQuestion:
    if not bare:
        return OracleQuestion(f"case:{number.lower()}", lambda document, _: document.case_number == number)
    in_words = in_text(lambda text: stands(number, text))
    return OracleQuestion(number, lambda document, within: document.case_number == number or in_words(document, within))


def negation(part: OracleQuestion, sign: str) -> OracleQuestion:
    return OracleQuestion(f"{sign}({part.typed})", lambda document, sections: not part.rule(document, sections))


def conjunction(parts: Sequence[OracleQuestion], joint: str) -> OracleQuestion:
    return OracleQuestion(
        joint.join(f"({part.typed})" for part in parts),
        lambda document, sections: all(part.rule(document, sections) for part in parts),
    )


def disjunction(parts: Sequence[OracleQuestion]) -> OracleQuestion:
    return OracleQuestion(
        " OR ".join(f"({part.typed})" for part in parts),
        lambda document, sections: any(part.rule(document, sections) for part in parts),
    )


def narrowed(part: OracleQuestion, names: Sequence[str]) -> OracleQuestion:
    """The group's own sections, which hold where no group inside has named others."""
    typed = f"(({part.typed}) {' '.join(f'in:{name}' for name in names)})"
    return OracleQuestion(typed, lambda document, _: part.rule(document, names))


def leaves() -> st.SearchStrategy[OracleQuestion]:
    words = st.sampled_from(WORDS)
    two, three = st.lists(words, min_size=2, max_size=2), st.lists(words, min_size=3, max_size=4)
    within = st.integers(1, 6)
    return st.one_of(
        words.map(word),
        st.lists(words, min_size=1, max_size=3).map(phrase),
        st.builds(proximity, two, within, connector=st.booleans()),
        st.builds(proximity, three, within, connector=st.just(False)),
        st.sampled_from([("medicat", ["ion"]), ("opi", []), ("fus", []), ("inj", []), ("scan", [])]).map(
            lambda each: beginning(*each)
        ),
        st.lists(words, min_size=1, max_size=2).map(" ".join).map(cites),
        st.builds(case, st.sampled_from(CASES), bare=st.booleans()),
    )


def questions() -> st.SearchStrategy[OracleQuestion]:
    """Questions of any shape. Only leaves inside ``in:`` are narrowed: a group names its sections for all of itself."""
    plain = st.recursive(leaves(), _joined, max_leaves=5)
    groups = st.builds(narrowed, plain, st.lists(st.sampled_from(sorted(SECTIONS)), min_size=1, max_size=2))
    return st.recursive(st.one_of(plain, groups), _joined, max_leaves=4)


def _joined(parts: st.SearchStrategy[OracleQuestion]) -> st.SearchStrategy[OracleQuestion]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        st.builds(negation, parts, st.sampled_from(["-", "NOT "])),
        st.builds(conjunction, several, st.sampled_from([" ", " AND "])),
        several.map(disjunction),
    )


def documents() -> st.SearchStrategy[list[OracleItem]]:
    """A small corpus: up to three cases, each with a summary and some items."""
    text = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
    columns = [column for name, names in SECTIONS.items() if name != "summary" for column in names]
    item = st.tuples(
        st.fixed_dictionaries(dict.fromkeys(columns, text)),
        st.lists(st.tuples(text, text, text), max_size=2).map(tuple),
    )

    def corpus(cases: list[tuple[str, list]]) -> list[OracleItem]:
        return [
            OracleItem(number, texts | {"clinical_summary": summary}, citations)
            for number, (summary, items) in zip(CASES, cases, strict=False)
            for texts, citations in items
        ]

    return st.lists(st.tuples(text, st.lists(item, min_size=1, max_size=3)), min_size=1, max_size=3).map(corpus)
