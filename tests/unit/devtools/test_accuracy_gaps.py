"""What the tables do not know is grouped by what the wordings have in common, the most frequent first."""

from __future__ import annotations

from devtools.accuracy.gaps import GapKind, Sighting, find_gaps, gap_lines, gaps_json
from devtools.accuracy.sightings import sightings_in
from devtools.testing.letters import boxed_letter, item
from imr_archive.parsing.parser import parse_text


def request(printed: str, case: str = "CM16-0900001") -> Sighting:
    return Sighting(GapKind.TREATMENT, printed, case)


def test_requests_for_the_same_thing_count_together_whatever_their_number_strength_and_side() -> None:
    sightings = [
        request("Zentrovil 10mg #30", "CM16-0900001"),
        request("Left zentrovil 20 mg, qty: 60", "CM16-0900002"),
        request("Moonbath"),
    ]
    first, second = find_gaps(sightings)
    assert (first.wording, first.count, len(first.examples)) == ("zentrovil", 2, 2)
    assert (second.wording, second.count) == ("moonbath", 1)


def test_a_request_without_any_word_of_its_own_is_still_counted() -> None:
    wordings = [gap.wording for gap in find_gaps([request("#30"), request("12 visits a week")])]
    assert wordings == ["#30", "visits a week"]


def test_names_count_together_whatever_their_case_and_punctuation() -> None:
    names = [
        Sighting(GapKind.GUIDELINE, name, "CM16-0900001") for name in ("Journal of Sleep, 2012", "journal of sleep")
    ]
    (gap,) = find_gaps(names)
    assert (gap.kind, gap.wording, gap.count) == (GapKind.GUIDELINE, "journal of sleep", 2)


def test_a_few_examples_are_kept_each_wording_once() -> None:
    (gap,) = find_gaps(request(f"Moonbath #{number % 7}", f"CM16-090000{number % 7}") for number in range(70))
    assert gap.count == 70
    assert [seen.printed for seen in gap.examples] == ["Moonbath #0", "Moonbath #1", "Moonbath #2"]


def test_the_report_gives_totals_and_the_most_frequent_wordings_of_each_kind() -> None:
    lines = [*gap_lines(find_gaps([request("Moonbath"), request("Moonbath"), request("Sunbath")]), limit=1)]
    assert lines[:3] == [
        "Requests that no row classifies: 3 in 2 wordings",
        "      2  moonbath",
        "         CM16-0900001: Moonbath",
    ]
    assert "Specialties that are not listed: 0 in 0 wordings" in lines
    assert not any("sunbath" in line for line in lines)


def test_the_report_for_machines_holds_the_same() -> None:
    assert gaps_json(find_gaps([request("Moonbath"), request("Sunbath")]), limit=1) == [
        {
            "kind": "treatment",
            "wording": "moonbath",
            "count": 1,
            "examples": [{"printed": "Moonbath", "case": "CM16-0900001"}],
        }
    ]


def test_a_parsed_letter_tells_each_of_its_wordings_that_no_row_answers_to() -> None:
    letter = parse_text(
        boxed_letter(
            reviewer=[
                "State(s) of Licensure: California",
                "Certification(s)/Specialty: Lunar Medicine, Pain Management",
            ],
            items=[
                item(
                    "Moonbath for the left knee",
                    reviewer="The Expert Reviewer based their decision on recommendation(s) outside of the MTUS "
                    "Guidelines. Decision based on Non-MTUS Citation Moonlight and the Knee, a cohort study.",
                ),
                item("Physical therapy for the left knee"),
            ],
        )
    )
    assert [*sightings_in(letter, "letter.txt")] == [
        Sighting(GapKind.TREATMENT, "Moonbath for the left knee", "CM16-0900001"),
        Sighting(GapKind.GUIDELINE, "Moonlight and the Knee, a cohort study", "CM16-0900001"),
        Sighting(GapKind.SPECIALTY, "Lunar Medicine", "CM16-0900001"),
    ]


def test_a_letter_without_a_case_number_is_known_by_its_file() -> None:
    letter = parse_text(boxed_letter(case_number=None, items=[item("Moonbath")]))
    assert [seen.case for seen in sightings_in(letter, "letter.txt")] == ["letter.txt"]
