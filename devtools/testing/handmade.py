"""Handmade letters for tests of storing: parsed letters without a parser, and a small printed letter."""

from __future__ import annotations

import hashlib
import io
from datetime import date

from django.apps import apps
from django.db import connection

from imr_archive.errors import LetterError
from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.reparse.comparison import letters_chosen
from imr_archive.ingest.reparse.rereading import Rereading
from imr_archive.ingest.runs.quarantine import sources_of
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.sources.folders import ReceivedFile, Source
from imr_archive.models import (
    FacetIndex,
    FacetIndexPart,
    IndexChange,
    IngestRun,
    IngestRunFile,
    Revision,
)
from imr_archive.models.search_indexes import CITATIONS, ITEMS, SUMMARIES
from imr_archive.parsing.parsed import parsed_letter
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.parsing.results import (
    Citation,
    Credential,
    Diagnostic,
    Item,
    LetterDates,
    Mention,
    ReviewerProfile,
    SideReliance,
    Stated,
    StatedLetter,
    StatedReason,
)
from imr_archive.parsing.spans import Span
from imr_archive.vocabulary import (
    Basis,
    DiagnosticCode,
    GuidelineSource,
    Laterality,
    Layout,
    Outcome,
    Priority,
    PublishHeld,
    ReasonCode,
    Sex,
)

PRINTED_LETTER = """\
Case Number: {case_number} Date Assigned: 03/02/2015
Date of Injury: 01/05/2014 Decision Date: 04/01/2015
Priority: Standard UR Denial Date: 01/20/2015
Application Received: 02/02/2015

HOW THE IMR FINAL DETERMINATION WAS MADE
State(s) of Licensure: California
Certification(s)/Specialty: Orthopedic Surgery

CLINICAL CASE SUMMARY
The injured worker is a 51 year old female with pain in the right knee after a fall in a made-up warehouse.

IMR ISSUES, DECISIONS AND RATIONALES
1. {description}: Upheld
Claims Administrator guideline: Decision based on MTUS Chronic Pain Treatment Guidelines Opioids Page(s): 78.
MAXIMUS guideline: Decision based on MTUS Chronic Pain Treatment Guidelines Opioids Page(s): 78, 80.
Decision rationale: In this made-up case no relief was recorded. The request is not medically necessary.
"""


# What follows from the other rows.
DERIVED = (FacetIndex, FacetIndexPart, IndexChange)


def printed_letter(case_number="CM15-0000001", description="Tramadol 50mg #60"):
    """The bytes of a letter that the real parser reads."""
    return PRINTED_LETTER.format(case_number=case_number, description=description).encode()


def write_letters(folder, number):
    """Write printed letters, each of its own case, into a folder."""
    folder.mkdir(exist_ok=True)
    for each in range(number):
        (folder / f"{each:04}.txt").write_bytes(printed_letter(f"CM15-{each:07}"))
    return folder


def stated(value, raw=None):
    return Stated(value, str(value) if raw is None else raw, Span(0, 4))


def credential(printed, slug=None, name=None):
    return Credential(printed, printed, Span(0, 4), slug, name)


def citation(guideline="Chronic Pain Medical Treatment Guidelines", slug="mtus-chronic-pain", **facts):
    facts = {
        "source": GuidelineSource.MTUS_CHRONIC_PAIN,
        "text": f"{guideline}, as printed",
        "span": Span(0, 4),
    } | facts
    return Citation(guideline=guideline, slug=slug, **facts)


def reason(code=ReasonCode.MISSING_RECORDS, quote="Because", start=0):
    return StatedReason(code, quote, start, Span(0, 4))


def mention(text="ODG", slug="odg", source=GuidelineSource.ODG):
    return Mention(source, text, slug, text, Span(0, 4))


def doubt(code=DiagnosticCode.GUIDELINE_MISMATCH):
    return Diagnostic(code, "Possible mismatch, made up.", Span(0, 4))


def side(basis=Basis.NONE_CITED, text="As printed.", citations=()):
    return SideReliance(basis, text, Span(0, 4), tuple(citations))


def item(position=1, description="Tramadol 50mg #60", outcome=Outcome.UPHELD, **facts):
    facts = {
        "claims_administrator": side(),
        "reviewer": side(Basis.MTUS, citations=[citation(section="Opioids", pages="78", year=2009)]),
        "rationale": stated("Because, made up."),
        "treatments": (stated("pharmaceuticals/opioid/tramadol", "Tramadol"),),
        "body_parts": (stated("knee", "right knee"),),
        "reasons": (reason(),),
        "mentions": (mention(),),
    } | facts
    return Item(position, stated(description), outcome and stated(outcome, outcome.label), **facts)


def letter(text="A made-up letter.", case_number=None, items=None, **facts):
    facts = {"parser_version": PARSER_VERSION, "layout": Layout.BOXED, "normalised_text": text} | facts
    items = (item(),) if items is None else tuple(items)
    number = case_number and stated(case_number)
    return parsed_letter(StatedLetter(source_text=f"{text}\n", case_number=number, items=items, **facts))


def full_profile():
    """The profile of the reviewer of ``full_letter``."""
    return ReviewerProfile(
        certifications=(credential("Orthopaedic Surgery", "orthopedic-surgery", "Orthopedic Surgery"),),
        subspecialties=(credential("Knee Whispering"),),
        states=(credential("California", "california", "California"),),
    )


def full_letter():
    """A letter that states everything there is to state."""
    return letter(
        case_number="CM15-0000001",
        priority=stated(Priority.EXPEDITED, "Expedited"),
        dates=LetterDates(
            injury=stated(date(2014, 1, 5), "01/05/2014"),
            ur_decision=stated(date(2015, 1, 20)),
            received=stated(date(2015, 2, 2)),
            assigned=stated(date(2015, 3, 2)),
            decision=stated(date(2015, 4, 1)),
        ),
        age=stated(51, "51 year old"),
        sex=stated(Sex.FEMALE, "female"),
        reviewer=full_profile(),
        clinical_summary=stated("A made-up history."),
        items=[
            item(
                laterality=stated(Laterality.RIGHT, "right"),
                quantity=stated(60, "#60"),
                service_dates=stated((date(2015, 1, 2), date(2015, 1, 9)), "1/2/15-1/9/15"),
                original_request=stated("Tramadol 50mg #90"),
                authorized=stated("Tramadol 50mg #30"),
            ),
            item(2, "Acupuncture", Outcome.OVERTURNED, treatments=(), body_parts=()),
        ],
        diagnostics=(Diagnostic(DiagnosticCode.UNCLAIMED_TEXT, "Text that no rule claimed.", Span(2, 6)),),
    )


def source(name, content):
    return Source(name, lambda: io.BytesIO(content))


def received(name="a.pdf", content=b"bytes of a"):
    return ReceivedFile(name, name, content, hashlib.sha256(content).hexdigest())


def ingest(files, parsed=None, *, uploaded_by="", publish=PublishHeld.NONE):
    """Ingest (name, bytes) pairs in this process; ``parsed`` stands in for what the parser makes of the bytes."""
    sources = [source(name, content) for name, content in files]
    arguments = {"upload": [name for name, _ in files]} if uploaded_by else {}
    run = run_start(arguments=arguments, started_by=uploaded_by or "tests")
    if parsed is None:
        return list(ingest_sources(sources, run=run, processes=0, publish=publish))
    return list(ingest_sources(sources, run=run, processes=0, parse=parsed.__getitem__, publish=publish))


def reread(parsed, **conditions):
    """Read stored letters again in this process; return the run and its results."""
    run = run_start(arguments={"reparse": conditions}, started_by="tests")
    sources, parse = sources_of(letters_chosen(**conditions), under="letter"), parsed.__getitem__
    results = ingest_sources(sources, run=run, processes=0, parse=parse, again=True, together=Rereading)
    return run, list(results)


def statuses(results):
    return [result.status.value for result in results]


def all_rows():
    """Every row of the archive, by table; runs aside, which each ingest adds to, and the facet index."""
    aside = (IngestRun, IngestRunFile, Revision, *DERIVED)
    models = [model for model in apps.get_app_config("imr_archive").get_models() if model not in aside]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


class Refused(LetterError):
    """An error of the reader, made by hand."""

    code = DiagnosticCode.SOURCE_UNREADABLE.value


def many(number, **odd):
    """That many letters under names from ``0.txt`` on, and the odd one at its place."""
    parsed = {b"%d" % each: letter(f"Text {each}.", f"CM15-{each:07}") for each in range(number)}
    parsed |= {b"%d" % int(place.removeprefix("at_")): each for place, each in odd.items()}
    return [(f"{each}.txt", b"%d" % each) for each in range(number)], parsed


def index_faults():
    """How many rows of the text tables the full-text indexes do not hold as they should."""
    faults = 0
    with connection.cursor() as cursor:
        for table in (ITEMS, SUMMARIES, CITATIONS):
            if connection.vendor == "sqlite":
                # Raises an error if the index does not hold what its table does.
                cursor.execute(f"INSERT INTO {table.index}({table.index}, rank) VALUES ('integrity-check', 1)")
                continue
            differ = " OR ".join(f"i.{each} IS DISTINCT FROM imr_vector(t.{each})" for each in table.columns)
            cursor.execute(
                f"SELECT count(*) FROM {table.content} t FULL JOIN {table.index} i USING ({table.key}) WHERE {differ}"
            )
            faults += cursor.fetchone()[0]
    return faults
