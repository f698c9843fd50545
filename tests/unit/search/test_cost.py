"""The cost of a search is estimated on its tree: hostile ones are refused, what readers type is not."""

import pytest

from devtools.benchmarks.hostile import HOSTILE
from imr_archive.search.query.cost import MAX_COST, leaf_cost, refusal
from imr_archive.search.query.thesaurus import read_question

REFUSED = (
    "four beginnings near one another",
    "two beginnings far apart",
    "groups of twenty near groups of twenty",
    "beginnings near beginnings",
    "forty beginnings, all of them",
    "forty beginnings, any of them",
    "five words near one another",
    "five common words in a chain",
)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_search_is_refused_with_what_to_narrow(name):
    sentence = refusal(read_question(HOSTILE[name]))
    assert "would compare too many words" in sentence
    assert "*" in sentence or "distance" in sentence


@pytest.mark.parametrize(
    "words",
    [
        "",
        "MRI lumbar",
        '"home exercise program"',
        'opioid* cites:"chronic pain"',
        "medicat* taper*",
        "fusion /5 lumbar",
        '"epidural steroid injection"~10',
        '"func* restor*"~10',
        "(norco OR percocet OR oxycontin) /10 (taper OR wean OR discontinue)",
        "PT OR chiro OR acupuncture -surgery",
    ],
)
def test_what_readers_type_is_answered(words):
    assert refusal(read_question(words)) is None


def test_the_cost_rises_with_distance_and_falls_with_longer_beginnings():
    def cost(words):
        return sum(map(leaf_cost, read_question(words, exact=True).leaves))

    assert cost("fusion /5 lumbar") < cost("fusion /50 lumbar") < cost("fus* /50 lumb*") < cost("fu* /50 lu*")
    assert cost("pain") < cost("pa*") < MAX_COST
