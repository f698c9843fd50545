"""Why an item was decided: each kind of reason, what is not a reason, and where it stands. All wordings are our own."""

from __future__ import annotations

import time

import pytest

from devtools.reasons.sentences import own_sentences
from imr_archive.parsing.reasons.finder import find_reasons
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome, ReasonCode

UPHELD, OVERTURNED = Outcome.UPHELD, Outcome.OVERTURNED
RECITAL = "The ACOEM Guidelines state that imaging is recommended after conservative care has failed. "
CONCLUSION = " As such, the request is not medically necessary."

# Far more than it needs on a slow machine, far less than a pattern takes that backtracks without bound.
SECONDS = 20


def codes(rationale: str, outcome: Outcome | None = UPHELD) -> set[str]:
    return {reason.code.value for reason in find_reasons(rationale, outcome)}


def quotes(rationale: str, outcome: Outcome = UPHELD) -> list[str]:
    return [rationale[reason.start : reason.end] for reason in find_reasons(rationale, outcome)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("The examination shows no sensory or motor deficit.", "no-indication"),
        ("The patient is not a candidate for surgery.", "no-indication"),
        ("There is no documentation of the number of visits completed so far.", "missing-records"),
        ("The provider gives no rationale for a second study.", "missing-records"),
        ("There is no evidence that conservative treatment was tried and failed.", "first-line-not-tried"),
        ("The records do not show functional improvement with the previous sessions.", "no-benefit-shown"),
        ("As the surgery is not medically necessary, the sling is not necessary.", "depends-on-denied"),
        ("Given that the guidelines do not support this device, its use is not supported.", "not-recommended"),
        ("The requested 12 visits exceed the guideline recommendation.", "exceeds-guideline"),
        ("The patient already has a brace of the same kind.", "already-done"),
        ("The CURES database was not consulted.", "risk-or-monitoring"),
        ("The request does not specify the quantity.", "incomplete-request"),
    ],
)
def test_reads_each_kind_of_reason_for_an_upheld_denial(statement: str, code: str) -> None:
    assert code in codes(RECITAL + statement + CONCLUSION)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("The patient meets the criteria for the procedure.", "indication-met"),
        ("The patient has failed physical therapy and medication.", "first-line-failed"),
        ("The concurrent request for surgery is supported.", "part-of-approved"),
        ("The number of visits is within the guideline.", "within-guideline"),
        ("The records document functional improvement with prior visits.", "benefit-shown"),
    ],
)
def test_reads_each_kind_of_reason_for_an_overturned_denial(statement: str, code: str) -> None:
    assert codes(RECITAL + statement, OVERTURNED) == {code}


@pytest.mark.parametrize(
    "statement",
    [
        "The guidelines recommend imaging only where red flags are documented.",
        "Patients should be monitored for side effects and aberrant behavior.",
        'MTUS states, "There is no evidence for the routine use of this class of agents in the management of pain."',
        "There were no exceptional factors noted.",
        "The MTUS does not address this request.",
        "Therefore, the requested treatment would not be supported.",
        "The utilization review denied it for lack of documented improvement.",
        "The patient complains of low back pain that radiates to the left leg.",
    ],
)
def test_takes_recitals_boilerplate_and_conclusions_for_no_reason(statement: str) -> None:
    assert codes(RECITAL + statement + CONCLUSION) == set()


def test_a_sentence_can_state_two_reasons() -> None:
    statement = "There is no documentation of failed conservative care and no finding of radiculopathy on examination."
    assert codes(RECITAL + statement) == {"first-line-not-tried", "no-indication"}


def test_what_the_guideline_is_against_counts_where_nothing_else_is_said() -> None:
    against = "The Official Disability Guidelines do not recommend this test. "
    assert codes(against + CONCLUSION) == {"not-recommended"}
    assert codes(against + "There is no sign of instability." + CONCLUSION) == {"no-indication"}


def test_what_the_guideline_is_against_counts_beside_others_where_it_names_the_service() -> None:
    rationale = "The guidelines do not recommend massage. There is no sign of a spasm." + CONCLUSION
    named = find_reasons(rationale, UPHELD, "Massage therapy of the low back, 6 visits")
    other = find_reasons(rationale, UPHELD, "Aquatic therapy of the low back, 6 visits")
    assert {reason.code.value for reason in named} == {"not-recommended", "no-indication"}
    assert {reason.code.value for reason in other} == {"no-indication"}


def test_an_unknown_outcome_has_no_reasons() -> None:
    assert find_reasons("There is no sign of instability.", None) == ()


def test_nothing_has_no_reasons() -> None:
    assert find_reasons("", UPHELD) == ()


def test_quotes_the_clause_without_its_opening() -> None:
    rationale = RECITAL + "However, on 3/4/2016, there was no sign of nerve compression." + CONCLUSION
    assert quotes(rationale) == ["there was no sign of nerve compression."]


def test_quotes_the_premise_and_not_the_conclusion_it_leads_to() -> None:
    rationale = "As the requested surgery is not medically necessary, the ancillary service is not medically necessary."
    assert quotes(rationale) == ["As the requested surgery is not medically necessary"]


def test_names_the_words_that_decided_in_reading_order() -> None:
    rationale = "Pain is noted. There is no documentation of a muscle spasm."
    (reason,) = find_reasons(rationale, UPHELD)
    assert reason.code is ReasonCode.NO_INDICATION
    assert [word for word in reason.words(rationale) if word in ("no", "spasm")] == ["no", "spasm"]


def test_every_reason_can_name_the_words_that_decided() -> None:
    for sentence, _, outcome in own_sentences():
        for reason in find_reasons(sentence, outcome):
            assert reason.words(sentence), sentence


def test_quotes_at_most_a_few_clauses_for_one_code() -> None:
    rationale = " ".join(f"There is no sign of a fracture of rib {number}." for number in range(40))
    assert quotes(rationale) == ["There is no sign of a fracture of rib 39."]
    visits = " ".join(f"There is no documentation of the number of visits in year {number}." for number in range(40))
    assert len(quotes(visits)) == 2


def test_reads_nearly_all_of_our_own_sentences() -> None:
    read = [
        codes(sentence, outcome) == set() if code is None else code.value in codes(sentence, outcome)
        for sentence, code, outcome in own_sentences()
    ]
    assert len(read) > 400
    assert sum(read) / len(read) > 0.93


def test_each_code_of_the_rules_is_one_of_the_vocabulary_and_fits_its_outcome() -> None:
    overturned = {"indication-met", "benefit-shown", "first-line-failed", "within-guideline"}
    overturned |= {"part-of-approved", "needed-safety", "exceptional"}
    for rule in load("reasons/rules")["rule"]:
        if "code" in rule:
            assert ReasonCode(rule["code"])
            assert (rule["code"] in overturned) == (rule.get("outcome") == "overturned"), rule["name"]


def test_no_phrase_begins_with_any_word_which_would_make_each_word_a_second_lookup() -> None:
    assert not [phrase for phrases in load("reasons/lexicon").values() for phrase in phrases if phrase[0] in "_*"]


@pytest.mark.parametrize(
    ("rationale", "expected"),
    [
        # What was found absent before the guideline is history; what follows it decides.
        (
            "He had no fever and no numbness on examination. The ACOEM Guidelines recommend rest first. "
            "The records do not show that conservative care was tried and failed.",
            {"first-line-not-tried"},
        ),
        # Long use exceeds what the recital limits, and nothing where no limit was recited.
        (
            "The MTUS Guidelines recommend this drug for a short course. The patient has been taking it since 2014.",
            {"exceeds-guideline"},
        ),
        ("The MTUS Guidelines recommend this drug. The patient has been taking it since 2014.", set()),
        # A guideline that speaks replaces the remark that another is silent.
        (
            "No guideline of the MTUS addresses this device. The ODG Guidelines state that it is an option. "
            "There is no evidence of instability.",
            {"no-indication"},
        ),
        # One sentence may recite a guideline and then speak of the case.
        (
            "An MRI is generally recommended after a month, and there was no evidence of a neurological deficit.",
            {"no-indication"},
        ),
        # Monitoring that is in order is no reason.
        (
            "CURES was reviewed and showed no other prescribers. There is no documentation of insomnia.",
            {"no-indication"},
        ),
    ],
)
def test_tells_history_limits_and_recitals_from_what_is_applied(rationale: str, expected: set[str]) -> None:
    assert codes(rationale) == expected


def test_a_guideline_that_names_the_drug_by_its_other_name_counts() -> None:
    rationale = "The MTUS Guidelines state that carisoprodol is not recommended."
    found = find_reasons(f"{rationale} There is no spasm on examination.", UPHELD, "Soma 350mg #60")
    assert {reason.code.value for reason in found} == {"not-recommended", "no-indication"}


def test_each_rule_has_a_name_of_its_own() -> None:
    names = [rule["name"] for rule in load("reasons/rules")["rule"]]
    assert len(names) == len(set(names))


def test_each_tag_that_a_rule_asks_for_is_in_the_lexicon() -> None:
    derived = {"absent", "given-first", "guide-first", "neg-first"}
    for rule in load("reasons/rules")["rule"]:
        asked = {
            tag
            for key in ("all", "any", "none", "near", "sentence", "unless", "item", "recital")
            for tag in rule.get(key, ())
        }
        assert asked <= {*load("reasons/lexicon"), *derived}, rule["name"]


@pytest.mark.parametrize(
    "fragment",
    [
        "no ",
        "no documentation of ",
        "as the ",
        "; and there is no ",
        ", the request ",
        "longer than recommended ",
        'says "x ',
        "not limited to ",
        "In this case, however, ",
        "if ",
        ". A",
        "1/1/2016 ",
        "the documentation of the ",
    ],
)
@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_long_hostile_line_takes_no_long_time(fragment: str, outcome: Outcome) -> None:
    rationale = fragment * (20_000 // len(fragment))
    start = time.perf_counter()
    reasons = find_reasons(rationale, outcome)
    assert time.perf_counter() - start < SECONDS
    assert all(0 <= reason.start < reason.end <= len(rationale) for reason in reasons)
