"""The canonical treatments, and the wordings they go by, as the tables give them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from imr_archive.parsing.requests.body_parts import names_level
from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.misspellings import Spelling
from imr_archive.parsing.tables.terms import TermTrie, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNCLASSIFIED = "other/unclassified"
DRUGS = "pharmaceuticals"
TOPICAL_ANALGESIC = "pharmaceuticals/topical-analgesic"
TOPICAL_COMPOUND = "pharmaceuticals/topical-compound"


@dataclass(frozen=True, slots=True)
class TreatmentEntry:
    """One canonical treatment: a category (level 1), a subcategory (2) or a service or drug (3)."""

    slug: str
    name: str

    @property
    def level(self) -> int:
        """Return 1, 2 or 3."""
        return self.slug.count("/") + 1

    @property
    def parent(self) -> str | None:
        """Return the slug one level up, None for a category."""
        return self.slug.rpartition("/")[0] or None


@cache
def treatments() -> tuple[TreatmentEntry, ...]:
    """Return the whole canonical tree, every parent before its children, each slug once."""
    table = load("treatments")
    rows = [*table["category"], *table["subcategory"], *table["service"]]
    names = {row["slug"]: row["name"] for row in rows}
    for drug_class in _drug_classes():
        for slug, wordings in drug_class.drugs.items():
            names[drug_class.subcategory + "/" + slug] = wordings[0]
        if drug_class.topical == TOPICAL_ANALGESIC:
            for slug, wordings in drug_class.drugs.items():
                names.setdefault(f"{TOPICAL_ANALGESIC}/{slug}", f"{wordings[0]} (topical)")
    return tuple(
        TreatmentEntry(slug, name) for slug, name in sorted(names.items(), key=lambda entry: entry[0].count("/"))
    )


@dataclass(frozen=True, slots=True, eq=False)
class DrugClass:
    """A class of drugs; ``topical`` is the subcategory one of them belongs to as a cream or gel.

    ``patch`` says that a patch counts as one, ``compounded`` that pharmacies mix them into creams.
    """

    subcategory: str
    drugs: dict[str, list[str]]
    topical: str | None
    patch: bool
    compounded: bool


class WordingKind(Enum):
    """What a wording does: it names a treatment, or it steers how the words around it are read."""

    TREATMENT = "treatment"
    ASIDE = "aside"
    BREAK = "break"
    RESUME = "resume"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Clause:
    """A meaning that a wording takes in certain company."""

    treatment: str
    company: frozenset[str]
    strangers: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    levels: bool = False

    def holds(self, words: Words, first: int, last: int) -> bool:
        """Return whether the words [first, last) stand in this company."""
        if self.before and (last >= len(words.words) or words.words[last] not in self.before):
            return False
        if self.after and (first == 0 or words.words[first - 1] not in self.after):
            return False
        if self.levels and not names_level(words.text):
            return False
        others = words.vocabulary.difference(words.words[first:last])
        if self.company and self.company.isdisjoint(others):
            return False
        return self.strangers.isdisjoint(others)


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What a term of the tables says about a request; the fields are those explained at the head of the table."""

    kind: WordingKind
    treatment: str = UNCLASSIFIED
    weak: bool = False
    opens: bool = False
    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    ahead_of: tuple[str, ...] = ()
    goods: str | None = None
    clauses: tuple[Clause, ...] = ()
    drug_class: DrugClass | None = None

    def names_goods(self, words: Words, last: int) -> bool:
        """Return whether the word after those of this wording makes it the name of goods ("heat therapy wrap")."""
        return self.goods is not None and last < len(words.words) and words.words[last] in _goods()

    def meaning(self, words: Words, first: int, last: int) -> str:
        """Return the treatment that the words [first, last) name in their company."""
        if self.names_goods(words, last):
            return self.goods or self.treatment
        for clause in self.clauses:
            if clause.holds(words, first, last):
                return clause.treatment
        return self.treatment


@cache
def _goods() -> frozenset[str]:
    return frozenset(load("treatments")["words"]["goods"])


@cache
def wordings() -> TermTrie[Wording]:
    """Return every wording of the treatment and drug tables, ready to scan a request."""
    trie: TermTrie[Wording] = TermTrie()
    entries = [*_marks(), *_rows(), *_drugs()]
    for terms, wording in entries:
        for term in terms:
            trie.add(term, wording)
    for terms, wording in entries:
        for term in terms:
            trie.add_glued(term, wording)
    return trie


def treatment_terms() -> dict[str, list[str]]:
    """Return the wordings of each treatment by its slug: other names, generic and brand, in the order of the tables."""
    terms: dict[str, list[str]] = {}
    for names, wording in (*_rows(), *_drugs()):
        terms.setdefault(wording.treatment, []).extend(names)
    return terms


@cache
def spelling() -> Spelling:
    """Return the spelling of the words that the treatment and drug tables hold."""
    known: dict[str, str] = {}
    for terms, wording in (*_rows(), *_drugs()):
        for words in (Words.of(term).words for term in terms):
            for word in words:
                known[word] = wording.treatment if len(words) == 1 else known.get(word, word)
    return Spelling(known)


def other_names() -> dict[str, list[str]]:
    """Return the wordings that always mean a treatment, its own name left out: brands, salts, abbreviations."""
    own = {entry.slug: entry.name.casefold() for entry in treatments()}
    found: dict[str, list[str]] = {}
    for terms, wording in (*_rows(), *_drugs()):
        if not (wording.weak or wording.clauses) and wording.treatment in own:
            names = found.setdefault(wording.treatment, [])
            names += [term for term in terms if term.casefold() != own[wording.treatment] and term not in names]
    return {slug: found[slug] for slug in sorted(found) if found[slug]}


def _marks() -> Iterator[tuple[list[str], Wording]]:
    for kind, terms in load("treatments")["marks"].items():
        yield terms, Wording(WordingKind(kind))


def _rows() -> Iterator[tuple[list[str], Wording]]:
    table = load("treatments")
    for row in (*table["subcategory"], *table["service"], *table["wording"]):
        slug = row.get("slug") or row["treatment"]
        clauses = tuple(_clause(clause, table["words"]) for clause in row.get("when", ()))
        yield (
            row.get("terms", []),
            Wording(
                WordingKind.TREATMENT,
                slug,
                over=tuple(row.get("over", ())),
                under=tuple(row.get("under", ())),
                ahead_of=tuple(row.get("ahead_of", ())),
                goods=row.get("goods"),
                clauses=clauses,
            ),
        )
        opens = row.get("opens", False)
        yield row.get("weak", []), Wording(WordingKind.TREATMENT, slug, weak=True, opens=opens, clauses=clauses)


def _clause(row: dict[str, Any], groups: dict[str, list[str]]) -> Clause:
    def words(key: str) -> frozenset[str]:
        return frozenset(_expanded(row.get(key, ()), groups))

    neighbours = words("before"), words("after")
    return Clause(row["treatment"], words("with"), words("without"), *neighbours, levels=row.get("levels", False))


def _expanded(words: Iterable[str], groups: dict[str, list[str]]) -> Iterator[str]:
    for word in words:
        if word.startswith("@"):
            yield from groups[word[1:]]
        else:
            yield word


def _drugs() -> Iterator[tuple[list[str], Wording]]:
    for drug_class in _drug_classes():
        for slug, terms in drug_class.drugs.items():
            yield terms, Wording(WordingKind.TREATMENT, f"{drug_class.subcategory}/{slug}", drug_class=drug_class)


@cache
def _drug_classes() -> tuple[DrugClass, ...]:
    return tuple(
        DrugClass(
            subcategory=f"{DRUGS}/{name}",
            drugs=row["drugs"],
            topical=row.get("topical"),
            patch=row.get("patch", False),
            compounded=row.get("compounded", False),
        )
        for name, row in load("drugs").items()
    )
