"""A reader at the pages of a PDF, with scripts and without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from devtools.testing.archive import ItemRow, add_determination, spans_of
from imr_archive.parsing.source.extraction import read_source
from imr_archive.vocabulary import SourceKind

pytestmark = pytest.mark.django_db(transaction=True)

PDF = (Path(__file__).parents[1] / "golden" / "letters" / "pdf_heading_over_a_page.pdf").read_bytes()


@pytest.mark.parametrize("scripts", ["page", "page_without_scripts"])
def test_the_page_of_a_pdf_stands_beside_the_facts_with_the_words_boxed(transactional_db, request, scripts):
    reader = request.getfixturevalue(scripts)
    text = read_source(PDF).text
    words = next(line for line in text.split("\f")[1].split("\n") if len(line) > 20 and text.count(line) == 1)
    letter = {"text": text, "kind": SourceKind.PDF, "content": PDF, "spans": spans_of(text, worker__age=words)}
    add_determination("CM14-0000001", age=36, items=[ItemRow("Bone scan", "upheld")], letter=letter)
    reader.goto("/determinations/CM14-0000001/")
    reader.get_by_role("link", name="Page", exact=True).click()
    pages = reader.get_by_role("region", name="Pages of the letter")
    expect(pages.get_by_role("img")).to_have_count(text.count("\f") + 1)
    reader.locator(".facts-side a[href*='at=worker.age']").first.click()
    boxed = pages.get_by_role("img", name=re.compile("Page 2 of the letter, where it states: "))
    expect(boxed).to_be_in_viewport()
    expect(boxed).to_have_js_property("naturalWidth", 850)
    if scripts == "page":
        assert Axe().run(reader).response["violations"] == []
