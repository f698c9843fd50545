"""Values of the admin in words."""

from datetime import UTC, datetime

import pytest

from imr_archive.admin.wording import asked_for, duration, moment, outcome_badge


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (1.8491371180000442, "1.8 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.7, "1 h 0 min"),
        (12_000, "3 h 20 min"),
        (9_000_000, "2,500 h 0 min"),
    ],
)
def test_a_duration_is_rounded_to_what_matters(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"upload": ["a.pdf"]}, "Upload of a.pdf."),
        ({"upload": list("abcde")}, "Upload of a, b, c and 2 more."),
        ({"undo": 7}, "Undo run 7."),
        ({"reparse": {"quarantined": False, "older_than": None}}, "Read stored letters again, all of them."),
        ({"reparse": {"older_than": "2.1"}}, "Read stored letters again: older than parser version 2.1."),
        ({"quarantine": {"code": "source-unreadable"}}, "Read quarantined files again: code source-unreadable."),
        (
            {"paths": ["letters"], "patterns": ["*.pdf"], "folder": "/srv", "follow_links": True},
            "Read letters, only names like *.pdf, in the folder /srv, following links.",
        ),
        ({"paths": ["a"], "patterns": []}, "Read a."),
        ({}, "Nothing was recorded."),
        ({"later_option": ["x"]}, "Options: later option x."),
    ],
)
def test_what_a_run_was_asked_for_is_a_sentence(arguments, sentence):
    assert asked_for(arguments) == sentence


def test_a_time_carries_its_instant_for_the_readers_own_zone():
    shown = moment(datetime(2026, 11, 29, 18, 5, tzinfo=UTC))
    assert shown == '<time datetime="2026-11-29T18:05:00+00:00" data-local>29 Nov 2026, 10:05 PST</time>'
    assert moment(None) == ""


def test_an_outcome_is_never_told_by_its_colour_alone():
    assert outcome_badge("overturned", "Overturned") == '<span class="badge overturned">Overturned</span>'
    assert outcome_badge("", "") == ""
