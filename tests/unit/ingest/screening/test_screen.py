"""The screen: identifiers of persons are found in any form, and what good letters print is not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools.synthetic.letters import make_letters
from devtools.testing.letters import boxed_letter, item
from devtools.testing.planting import planted_letters
from imr_archive.ingest.screening.rules import RULES, rules_with_cue
from imr_archive.ingest.screening.screen import is_published, screen
from imr_archive.letters.reading import Finding
from imr_archive.parsing.parser import parse_text
from imr_archive.vocabulary import HoldCode, PublishHeld


def found(text):
    return {finding.code.value for finding in screen(parse_text(text))}


def test_at_least_99_percent_of_planted_identifiers_hold_their_letter():
    letters = [*planted_letters(500, seed=11)]
    missed = [letter.form for letter in letters if not found(letter.text)]
    assert len({letter.form for letter in letters}) == 10
    assert len(missed) <= len(letters) // 100, missed


def test_nothing_is_held_that_should_not_be():
    held = {letter.name: codes for letter in make_letters(150, seed=5) if (codes := found(letter.text))}
    assert not held


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Employee: Maria Lopez", HoldCode.NAME),
        ("PATIENT NAME: LOPEZ, MARIA J.", HoldCode.NAME),
        ("Applicant's Name is Wei van Dyke", HoldCode.NAME),
        ("The injured worker, Anne-Marie O'Neil, is a 45 year old woman.", HoldCode.NAME),
        ("Re: John A. Smith", HoldCode.NAME),
        ("Dear Maria Lopez:", HoldCode.NAME),
        ("Ms. Lopez was seen again.", HoldCode.NAME),
        ("123-45-6789", HoldCode.SOCIAL_SECURITY_NUMBER),
        ("Social Security No. ending in 6789", HoldCode.SOCIAL_SECURITY_NUMBER),
        ("SSN xxx-xx-6789", HoldCode.SOCIAL_SECURITY_NUMBER),
        ("call (559) 555-0123", HoldCode.PHONE),
        ("Cell: 5595550123", HoldCode.PHONE),
        ("m.lopez@example.org", HoldCode.EMAIL),
        ("4567 W. Oak Grove Ave, Apt 3", HoldCode.ADDRESS),
        ("Fresno, CA 93701", HoldCode.ADDRESS),
        ("D.O.B. 3-14-70", HoldCode.BIRTH_DATE),
        ("born on March 14, 1970", HoldCode.BIRTH_DATE),
        ("Claim Number: WC-2014-00123", HoldCode.CLAIM_NUMBER),
        ("ADJ1234567", HoldCode.CLAIM_NUMBER),
        ("MRN 00123456", HoldCode.RECORD_NUMBER),
    ],
)
def test_a_form_of_an_identifier_is_found_with_its_place(line, code):
    text = boxed_letter().replace("CLINICAL CASE SUMMARY", f"{line}\nCLINICAL CASE SUMMARY", 1)
    places = [each for each in screen(parse_text(text)) if each.code is code]
    assert places
    assert all(text[each.start : each.end].strip() in line for each in places)
    assert not any(line in each.message for each in places)


@pytest.mark.parametrize(
    "line",
    [
        "Employee: Claim Number: Date of Injury: 03/09/2016",
        "Patient: [redacted]",
        "Applicant: XXXXX XXXXX",
        "Re: Independent Medical Review",
        "Injured Worker: Not Stated",
        "Fax: (916) 605-4270",
        "P.O. Box 138009 Sacramento, CA 95813",
        "Decision Date: 09-14-2016, CPT 99213-25, 10/325 mg, L4-5",
        "The patient was seen on 10-28-2016 by the treating physician.",
    ],
)
def test_labels_without_a_value_and_the_letterhead_are_left_alone(line):
    text = boxed_letter(summary=f"The injured worker is a 45 year old woman. {line}")
    assert not found(text)


def test_what_the_parser_remarks_holds_a_letter():
    assert found(boxed_letter(items=[])) >= {"items-missing"}
    assert found(boxed_letter(items=[item("Tramadol", heading="Tramadol:")])) >= {"outcome-missing"}
    assert found(
        boxed_letter(reviewer=["State(s) of Licensure: California", "Certification(s)/Specialty: Wizardry"])
    ) == {"unknown-specialty"}


def test_text_that_no_rule_claimed_holds_a_letter_only_before_the_summary():
    stray = "Quite unexpected words stand here"
    assert found(f"{stray}\n\n{boxed_letter()}") == {"unclaimed-text"}


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_a_pattern_matches_has_the_cue_of_its_rule(data):
    rule = data.draw(st.sampled_from(RULES))
    assert rule in [*rules_with_cue(data.draw(st.from_regex(rule.pattern)))]


@pytest.mark.parametrize("filler", ["Employee: ", "A", "Maria ", "1", "1-", "9 ", "(916) ", "Claim Number ", "a@", " "])
def test_a_long_hostile_line_costs_little(filler):
    text = (filler * 200_000)[:200_000]
    began = time.process_time()
    for rule in RULES:
        for _ in rule.pattern.finditer(text):
            pass
    assert time.process_time() - began < 20


def test_the_policies():
    def published(*codes):
        findings = [Finding(code=code, message="") for code in codes]
        return {policy.value for policy in PublishHeld if is_published(findings, policy)}

    assert published() == {"none", "clean", "all"}
    assert published(HoldCode.ITEMS_MISSING) == {"clean", "all"}
    assert published(HoldCode.ITEMS_MISSING, HoldCode.PHONE) == {"all"}
    assert published(HoldCode.READS_WORSE) == {"all"}
    assert published(HoldCode.SEVERAL_LETTERS) == set()
