"""The source panel of a PDF: its pages as images, drawn when they are asked for."""

import re
from pathlib import Path

import pytest

from devtools.testing.archive import ItemRow, add_determination, spans_of
from imr_archive.models import SourceLetter, Withdrawal
from imr_archive.parsing.source.extraction import read_source
from imr_archive.vocabulary import SourceKind, SourceState, WithdrawalScope
from imr_archive.web.determinations import page_images

pytestmark = pytest.mark.django_db

PDF = (Path(__file__).parents[2] / "golden" / "letters" / "pdf_heading_over_a_page.pdf").read_bytes()
TEXT = read_source(PDF).text
ADDRESS = "/determinations/CM14-0000001/"
PAGE = f"{ADDRESS}pages/1.png"


@pytest.fixture
def case():
    words = next(each for each in TEXT.split() if TEXT.count(each) == 1 and each.isalpha())
    letter = {"text": TEXT, "kind": SourceKind.PDF, "content": PDF, "spans": spans_of(TEXT, case_number=words)}
    return add_determination("CM14-0000001", items=[ItemRow("A")], letter=letter)


def source_of(client, query=""):
    html = client.get(f"{ADDRESS}{query}").content.decode()
    return re.search(r'<aside id="source".*?</aside>', html, re.DOTALL)[0]


def test_the_tabs_lead_to_the_pages_and_back_to_the_text_with_the_same_words(client, case):
    text = source_of(client, "?at=case_number")
    assert "<pre" in text
    assert "<img" not in text
    assert f'href="{ADDRESS}?source=page&amp;at=case_number#at"' in text
    pages = source_of(client, "?source=page&at=case_number")
    assert "<pre" not in pages
    assert pages.count("<img") == TEXT.count("\f") + 1
    assert pages.count('width="850" height="1100" loading="lazy"') == TEXT.count("\f") + 1
    assert f'<a href="{PAGE}?at=case_number" rel="nofollow" id="at">' in pages
    assert f'src="{ADDRESS}pages/2.png"' in pages
    assert f'href="{ADDRESS}?at=case_number#at"' in pages


def test_links_to_words_keep_the_tab(client, case):
    html = client.get(f"{ADDRESS}?source=page").content.decode()
    assert f'hx-get="{ADDRESS}?source=page&amp;at=case_number"' in html


@pytest.mark.parametrize("other", [{"kind": SourceKind.TEXT}, {"diagnostics": [{"code": "pages-reordered"}]}])
def test_a_letter_whose_pages_cannot_be_shown_has_no_tabs(client, case, other):
    remarks = [{"message": "", "start": None, "end": None, **each} for each in other.pop("diagnostics", [])]
    SourceLetter.objects.update(**other, diagnostics=remarks)
    source = source_of(client, "?source=page")
    assert "tabs" not in source
    assert "<pre" in source
    assert client.get(PAGE).status_code == 404


def test_a_page_is_drawn_once_and_then_kept_by_the_browser(client, case, django_assert_max_num_queries):
    drawn = client.get(PAGE)
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/png")
    assert drawn["Cache-Control"] == "private, max-age=86400"
    boxed = client.get(f"{PAGE}?at=case_number")
    assert boxed.content != drawn.content
    assert boxed["ETag"] != drawn["ETag"]
    assert client.get(f"{PAGE}?at=unknown").content == drawn.content
    with django_assert_max_num_queries(4):
        again = client.get(PAGE, headers={"If-None-Match": drawn["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", [0, 99, 10**9])
def test_there_is_no_page_beyond_the_last(client, case, number):
    assert client.get(f"{ADDRESS}pages/{number}.png").status_code == 404


def test_a_letter_that_is_held_or_withdrawn_shows_no_page(client, case):
    etag = client.get(PAGE)["ETag"]
    SourceLetter.objects.update(state=SourceState.HELD, determination=None, reason_code="names")
    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 404
    case.delete()
    assert client.get(PAGE).status_code == 404
    Withdrawal.objects.create(reference="CM14-0000001", scope=WithdrawalScope.HIDE)
    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 410


def test_a_reader_is_told_to_come_again_while_others_are_served(client, case, monkeypatch):
    monkeypatch.setattr(page_images, "_WAITING_SECONDS", 0.01)
    with page_images._drawing:
        response = client.get(PAGE)
    assert response.status_code == 503
    assert response["Retry-After"] == "3"
    assert client.get(PAGE).status_code == 200


def test_a_page_that_takes_too_long_is_given_up_and_the_next_is_drawn(client, case, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(page_images, "_DRAWING_SECONDS", 0)
        assert client.get(PAGE).status_code == 404
    assert client.get(PAGE).status_code == 200
