"""What a disputed request asks for, with its body parts, side, quantity and dates of service."""

import csv
import time
from datetime import date
from pathlib import Path

import pytest

from imr_archive.parsing.requests.body_parts import body_parts
from imr_archive.parsing.requests.reader import read_request
from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.terms import Words
from imr_archive.vocabulary import Laterality


def parts(description: str, original_request: str | None = None) -> list[str]:
    return [found.value for found in read_request(description, original_request).body_parts]


def side(description: str, original_request: str | None = None) -> str | None:
    found = read_request(description, original_request).laterality
    return found.value.value if found else None


def quantity(description: str) -> int | None:
    found = read_request(description).quantity
    return found.value if found else None


def service_dates(description: str) -> tuple[date, date] | None:
    found = read_request(description).service_dates
    return found.value if found else None


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("MRI of the neck", ["cervical-spine"]),
        ("MRI of the upper back", ["thoracic-spine"]),
        ("PT for the low back and right hip", ["lumbar-spine", "hip"]),
        ("X-ray of the spine", ["spine"]),
        ("Spine consult, lumbar", ["lumbar-spine"]),
        ("SI joint injection", ["sacroiliac"]),
        ("Rotator cuff repair", ["shoulder"]),
        ("SLAP repair", ["shoulder"]),
        ("Injection, first MTP joint", ["foot"]),
        ("EMG of the upper extremities", ["arm"]),
        ("Cubital tunnel release", ["elbow"]),
        ("Forearm splint", ["forearm"]),
        ("Carpal tunnel release", ["wrist"]),
        ("Trigger thumb release", ["hand"]),
        ("Groin ultrasound", ["hip"]),
        ("Doppler, lower extremities", ["leg"]),
        ("ACL reconstruction", ["knee"]),
        ("Achilles repair", ["ankle"]),
        ("Injection of the plantar fascia", ["foot"]),
        ("CT of the brain", ["head"]),
        ("Eye exam", ["eye"]),
        ("CT of the internal auditory canals", ["ear"]),
        ("Chest x-ray", ["chest"]),
        ("Ultrasound of the abdomen", ["abdomen"]),
        ("Whole body bone scan", ["whole-body"]),
        ("MRI of the foot and ankle", ["foot", "ankle"]),
        ("EMG BUE", ["arm"]),
        ("TLSO", ["thoracic-spine", "lumbar-spine"]),
        ("MRI of the lumbarspine", ["lumbar-spine"]),
        # levels
        ("ACDF at C5-6", ["cervical-spine"]),
        ("ESI at L4-S1", ["lumbar-spine"]),
        ("ESI, L5-S1", ["lumbar-spine"]),
        ("Block at T9", ["thoracic-spine"]),
        ("Fusion C5-T2", ["cervical-spine", "thoracic-spine"]),
        ("ESI at C7-T1", ["cervical-spine"]),
        ("Fusion T10 - L2", ["thoracic-spine", "lumbar-spine"]),
        ("MBB at L3, L4 and L5", ["lumbar-spine"]),
        ("TSH, T3, T4", []),
        ("Orthosis L0631", []),
        ("Vitamin B12", []),
        # words of body parts that name none
        ("Spinal muscle atrophy - 7", []),
        ("Wheelchair with elevating leg rests", []),
        ("Hand-held shower head", []),
        ("Norco by mouth", []),
        ("Headache diary", []),
        ("Biceps tenodesis", []),
        ("Baker's cyst excision", ["knee"]),
    ],
)
def test_the_body_parts_a_request_names(description, expected):
    assert parts(description) == expected


def test_every_body_part_is_found_by_its_own_terms():
    for row in load("bodyparts")["body_part"]:
        for term in row["terms"]:
            assert row["slug"] in parts(term), term


def test_the_body_parts_have_unique_slugs_and_names():
    assert (
        len({part.slug for part in body_parts()})
        == len({part.name for part in body_parts()})
        == len(body_parts())
        == 22
    )


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Left knee MRI", "left"),
        ("MRI, Rt. shoulder", "right"),
        ("Bilateral wrist x-rays", "bilateral"),
        ("MRI of both knees", "bilateral"),
        ("MRI R knee", "right"),
        ("MRI shoulder (L)", "left"),
        ("EMG RUE", "right"),
        ("EMG BLE", "bilateral"),
        ("Left and right knee x-rays", "bilateral"),
        ("X-ray of the R/L knees", "bilateral"),
        ("Left hip and left knee", "left"),
        ("Left shoulder and right knee MRI", None),
        ("Bilateral knees and left hip", None),
        ("MRI of the knee", None),
        ("Hepatitis L panel", None),
    ],
)
def test_the_side_a_request_names(description, expected):
    assert side(description) == expected


def test_body_parts_and_side_come_from_the_original_request_where_the_decided_portion_names_none():
    reading = read_request("Acupuncture, two visits", "Acupuncture for the left wrist, six visits")
    (part,) = reading.body_parts
    assert (part.value, part.in_original) == ("wrist", True)
    assert (reading.laterality.value, reading.laterality.in_original) == (Laterality.LEFT, True)
    assert reading.quantity.value == 2
    assert parts("Acupuncture for the neck", "Acupuncture for the wrist") == ["cervical-spine"]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Naproxen 550mg #60", 60),
        ("Naproxen # 60 with 2 refills", 60),
        ("Naproxen qty: 30", 30),
        ("Naproxen 90 tablets", 90),
        ("Gauze #1,200", 1200),
        ("8 sessions of massage", 8),
        ("Eight (8) sessions of massage", 8),
        ("Massage, twelve additional visits", 12),
        ("Six physical therapy sessions", 6),
        ("Massage sessions: 6", 6),
        ("Massage x12", 12),
        ("Massage x 12", 12),
        ("Massage times 6", 6),
        ("PT 2x6", 12),
        ("PT 2 times 6", 12),
        ("PT 2 times a week for 4 weeks", 8),
        ("PT two (2) times per week for six (6) weeks", 12),
        ("PT two times a week times six weeks", 12),
        ("PT three times a week over two weeks", 6),
        ("PT 2x/week x 4 weeks", 8),
        ("PT twice a week for 3 weeks", 6),
        ("PT once a month for 6 months", 6),
        ("PT 2 sessions per week for 5 weeks", 10),
        ("Six sessions of PT, one time a week for six weeks", 6),
        ("Two leg wraps", 2),
        ("One (1) MRI", 1),
        ("Purchase of 3 shoulder wraps", 3),
        ("Series of 3 Synvisc injections", 3),
        ("Synvisc injections, series of three", 3),
        ("One prescription of Norco 10/325mg #45", 45),
        ("Norco 10/325mg one tablet twice daily for 14 days #28", 28),
        # no plain count
        ("PT 2-3 times a week for 4 weeks", None),
        ("PT 2 times a week for 4-6 weeks", None),
        ("PT 2 times a week for 4 to 6 weeks", None),
        ("PT 12-18 sessions", None),
        ("PT 1-2 x 6", None),
        ("PT for 6 weeks", None),
        ("PT x 6 weeks", None),
        ("Home health 4 hours a day, 5 days a week for 6 weeks", None),
        ("Walker, 30 day rental", None),
        ("Three month supply of Norco", None),
        ("Norco 10/325mg", None),
        ("Norco 1 tablet every 6 hours", None),
        ("Norco with 3 refills", None),
        ("Norco #60, Soma #30", None),
        ("Tylenol #3", None),
        ("Botox 200 units", None),
        ("Three phase bone scan", None),
        ("3 in 1 commode", None),
        ("2 level fusion", None),
        ("Visit, CPT #99213", None),
        ("MRI, 11/14/16", None),
        ("Crown, tooth #14", None),
        ("Tylenol with codeine #3, #60", 60),
        ("Norco, sixty count", 60),
        ("Lorazepam #30tabs", 30),
        ("Tylenol with codeine, sixty tablets", 60),
        ("Tylenol with codeine #60", 60),
        ("Tylenol with codeine #3", None),
        ("Pregabalin capsules 60", 60),
        ("Pregabalin capsules 60 mg", None),
        ("Therapy 2xwk x 4wks", 8),
        ("Implants, teeth #8 and #9", None),
    ],
)
def test_a_quantity_is_one_plain_count(description, expected):
    assert quantity(description) == expected


NOVEMBER, DECEMBER = date(2016, 11, 14), date(2016, 12, 2)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("UDS, DOS: 11/14/16", (NOVEMBER, NOVEMBER)),
        ("UDS (DOS 11-14-2016)", (NOVEMBER, NOVEMBER)),
        ("UDS, date of service 11- 14-2016", (NOVEMBER, NOVEMBER)),
        ("UDS, date of service November 14, 2016", (NOVEMBER, NOVEMBER)),
        ("PT between 11/14/2016 and 12/2/2016", (NOVEMBER, DECEMBER)),
        ("PT from 11/14/16 through 12/02/16", (NOVEMBER, DECEMBER)),
        ("Retrospective PT 11/14/16-12/2/16", (NOVEMBER, DECEMBER)),
        ("Naproxen dispensed on 11/14/2016", (NOVEMBER, NOVEMBER)),
        ("PT, DOS 13/45/2016", None),
        ("PT, DOS 2/30/2016", None),
        ("PT, DOS 11/14/3016", None),
        ("PT between 12/2/2016 and 11/14/2016", None),
        ("PT, per the report dated 11/14/2016", None),
        ("PT 11/14/2016", None),
        ("PT for an injury of 11/14/2016", None),
        ("Retrospective UDS", None),
    ],
)
def test_the_dates_of_service(description, expected):
    assert service_dates(description) == expected


@pytest.mark.parametrize(
    ("description", "wordings"),
    [
        ("Six sessions of PT, left knee, DOS: 11/14/16", ["Six sessions", "PT", "left", "knee", "11/14/16"]),
        ("ESI at L4 - L5 on the Right, #2", ["#2", "ESI", "Right", "L4 - L5"]),
    ],
)
def test_every_value_points_at_its_wording(description, wordings):
    reading = read_request(description)
    values = [reading.quantity, *reading.treatments, reading.laterality, *reading.body_parts, reading.service_dates]
    assert [description[value.start : value.end] for value in values if value] == wordings


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "x ",
        "2 times a week for ",
        "one (1) ",
        "twelve a b c ",
        "11/14/16-",
        "#",
        "L4-",
        "electro- ",
        "  ",
        "DOS ",
        "knee, ",
        "pt ",
        "abcdefghijklmnopqrstuvw ",
        "abcdefgh",
        "fusion, ",
        "flexeril and ",
        "gel 5% lidocaine/",
        "mri, ncv, emg, ct, brace, cane; norco ",
        "12 times ",
        "two times ",
        "for a total of ",
        "Abcdef ghi 5% ",
        "Abcdef 10/20/",
        "follow-up with ",
    ],
)
def test_a_long_hostile_line_is_read_in_linear_time(piece):
    line = piece * (40_000 // len(piece))
    started = time.process_time()
    read_request(line)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("description", ["", " ", "?", "é", "𝟞 sessions", "#", "()", "İ x12", "\x00"])
def test_any_text_has_a_reading(description):
    assert read_request(description).treatments[0].value == "other/unclassified"


def test_the_side_and_the_part_of_a_glued_word_are_still_found():
    assert Words.of("kneeMRI").words == ("knee", "mri")
    assert parts("MRI of the left kneeMRI") == ["knee"]


def test_hundreds_of_usual_wordings_are_read_as_an_analyst_reads_them():
    with Path(__file__).parents[3].joinpath("wordings", "requests.tsv").open(encoding="utf-8", newline="") as lines:
        expected = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    assert [row for row in expected if as_row(row[0]) != row] == []
    assert len(expected) > 700


def as_row(description: str) -> list[str]:
    """Return a request with its first treatment's subcategory, its body parts, its side and its quantity."""
    read = read_request(description)
    subcategory = "/".join(read.treatments[0].value.split("/")[:2])
    body_parts = " ".join(found.value for found in read.body_parts)
    found = (read.laterality and read.laterality.value.value, read.quantity and read.quantity.value)
    return [description, subcategory, body_parts or "-", *(str(value or "-") for value in found)]


def test_kinds_of_wordings_that_were_once_misread_are_read_whole():
    with Path(__file__).parents[3].joinpath("wordings", "kinds_of_request.tsv").open(encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    assert [row for row in rows if as_whole_row(row[0]) != row] == []
    assert len(rows) > 170


def as_whole_row(description: str) -> list[str]:
    """Return a request with all its treatments, its body parts, its side and its quantity."""
    treatments = " ".join(found.value for found in read_request(description).treatments)
    return [description, treatments, *as_row(description)[2:]]


@pytest.mark.parametrize(
    ("description", "named"),
    [
        ("Zyzofen 20% cream, 100 grams", "Zyzofen 20% cream"),
        ("Vordexin 50mg tablets #60", "Vordexin 50mg tablets"),
        ("Naproxen 50mg tablets #60", None),
        ("Topical cream", None),
        ("Quorvexin", None),
    ],
)
def test_a_drug_outside_our_tables_is_remarked_on_with_its_printed_form(description, named):
    found = read_request(description).unknown_drug
    assert (found and description[found.start : found.end]) == named


def test_the_unknown_drug_of_the_original_request_is_found_there():
    found = read_request("Two bottles", "Zyzofen 20% cream, 100 grams").unknown_drug
    assert (found.value, found.in_original) == ("pharmaceuticals/topical-analgesic", True)
