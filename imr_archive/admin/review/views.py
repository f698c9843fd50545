"""The pages on which letters are reviewed: determinations, held letters, and the next one of a list of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from imr_archive.admin.corrections import may_correct
from imr_archive.admin.review.page import ReviewForms, ReviewLayout
from imr_archive.admin.review.rearranging import item_added, item_merged, item_split, positions_in
from imr_archive.admin.review.subject import held_subject, stored_subject
from imr_archive.admin.review.worklists import WorkKind, WorkList
from imr_archive.errors import ArchiveError
from imr_archive.history.correcting import CannotCorrect, correction_withdraw, corrections_make
from imr_archive.history.reviews import review_accept
from imr_archive.ingest.runs.held import held_release
from imr_archive.models import Determination, SourceLetter

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.http import HttpRequest, HttpResponse, QueryDict

    from imr_archive.admin.review.subject import ReviewSubject

NO_REASON = "Say why you correct it: the reason stands beside the corrected values."
NO_REASON_TO_PUBLISH = "Say why the letter may be published; the reason is kept in its history."


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything that the template of a review shows."""

    subject: ReviewSubject
    forms: ReviewForms
    layout: ReviewLayout
    work: WorkList
    skip_url: str
    error: str = ""

    @property
    def positions(self) -> str:
        """The positions of the items on the page, for the hidden field that names them."""
        return ",".join(str(each.position) for each in self.forms.items)


def determination_review(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show a stored determination beside its letter; save what is corrected, and go on to the next one."""
    _check(request)
    subject = stored_subject(key)
    work = WorkList.of(request.GET, WorkKind.DOUBT)
    if request.method != "POST":
        return _page(request, site, subject, ReviewForms(subject), work)
    if "_withdraw" in request.POST:
        return _withdrawn(request, site, subject, work)
    if data := _rearranged(request.POST, subject):
        return _page(request, site, subject, ReviewForms(subject, data), work)
    forms = ReviewForms(subject, request.POST)
    if not forms.is_valid():
        return _page(request, site, subject, forms, work, "Mend what is marked below; nothing is saved yet.")
    values, reason = forms.values(), forms.reason.cleaned_data["reason"].strip()
    if values and not reason:
        return _page(request, site, subject, forms, work, NO_REASON)
    try:
        _save(subject, values, reason, request, is_accepted="_accept" in request.POST)
    except CannotCorrect as error:
        return _page(request, site, subject, forms, work, str(error))
    said = f"{subject.title}: corrected." if values else f"{subject.title}: accepted."
    messages.success(request, said)
    own = f"{request.path}?{work.query}"
    return HttpResponseRedirect(_next_or_index(request, work, key) if "_accept" in request.POST else own)


@transaction.atomic
def _save(subject: ReviewSubject, values: Any, reason: str, request: HttpRequest, *, is_accepted: bool) -> None:
    """Correct a determination and accept it, both or neither."""
    account, seen = request.user.get_username(), request.POST.get("read_as", "")
    is_changed = corrections_make(
        determination=subject.key, values=values, reason=reason, made_by=account, read_as=seen
    )
    if is_accepted:
        review_accept(subject.key, reviewed_by=account, read_as="" if is_changed else seen)


def letter_review(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show a held letter beside what is read of it; publish it with what is corrected, or leave it held."""
    _check(request)
    work = WorkList.of(request.GET, WorkKind.HELD)
    subject = held_subject(key)
    if request.method != "POST":
        return _page(request, site, subject, ReviewForms(subject), work)
    if data := _rearranged(request.POST, subject):
        return _page(request, site, subject, ReviewForms(subject, data), work)
    forms = ReviewForms(subject, request.POST)
    if not forms.is_valid():
        return _page(request, site, subject, forms, work, "Mend what is marked below; nothing is published yet.")
    reason = forms.reason.cleaned_data["reason"].strip()
    if not reason:
        return _page(request, site, subject, forms, work, NO_REASON_TO_PUBLISH)
    if subject.reading is None or request.POST.get("read_as") != subject.read_as:
        return _page(request, site, subject, forms, work, "The letter is read otherwise now. Look at it again.")
    try:
        stored = held_release(
            key,
            reading=subject.reading,
            values=forms.values(),
            reason=reason,
            released_by=request.user.get_username(),
        )
    except ArchiveError as error:
        return _page(request, site, subject, forms, work, str(error))
    messages.success(request, f"{subject.title}: {stored.status.label.lower()}. {stored.reason}")
    return HttpResponseRedirect(_next_or_index(request, work, key))


def list_review(request: HttpRequest, kind: str, site: AdminSite) -> HttpResponse:
    """Go to the first letter of a list of work."""
    _check(request)
    if kind not in {each.value for each in WorkKind}:
        raise Http404("There is no such list of work.")
    query = request.GET.copy()
    query["list"] = kind
    return HttpResponseRedirect(_next_or_index(request, WorkList.of(query, WorkKind(kind)), 0))


def _check(request: HttpRequest) -> None:
    if not may_correct(request):
        raise PermissionDenied


def _next_or_index(request: HttpRequest, work: WorkList, after: int) -> str:
    """Return the address of the next letter of a list; without one, that of the index, with a message."""
    address = work.next_address(after)
    if address is None:
        messages.info(request, f"{work.label}: nothing is left to review.")
    return address or reverse("admin:index")


def _rearranged(data: QueryDict, subject: ReviewSubject) -> QueryDict | None:
    """Return the form data after an item was added, split or merged; None if no such button was pressed."""
    free = max([subject.next_position - 1, *positions_in(data)]) + 1
    if "_add" in data:
        return item_added(data, free)
    split, merged = _position(data, "_split"), _position(data, "_merge")
    if split:
        return item_split(data, split, free)
    return item_merged(data, merged) if merged else None


def _position(data: QueryDict, button: str) -> int:
    pressed = data.get(button, "")
    return int(pressed) if pressed in map(str, positions_in(data)) else 0


def _withdrawn(request: HttpRequest, site: AdminSite, subject: ReviewSubject, work: WorkList) -> HttpResponse:
    """Put back what the parser reads in the place of a correction."""
    pressed, error = request.POST["_withdraw"], ""
    known = {str(each.pk): each for each in subject.corrections}
    reason = request.POST.get("reason", "").strip()
    if not reason:
        error = "Say why the correction is withdrawn."
    elif pressed in known:
        try:
            correction_withdraw(known[pressed], made_by=request.user.get_username(), reason=reason[:500])
            messages.success(request, f"{subject.title}: the correction of {known[pressed]} is withdrawn.")
            return HttpResponseRedirect(f"{request.path}?{work.query}")
        except CannotCorrect as refused:
            error = str(refused)
    return _page(request, site, subject, ReviewForms(subject, request.POST), work, error)


def _page(
    request: HttpRequest, site: AdminSite, subject: ReviewSubject, forms: ReviewForms, work: WorkList, error: str = ""
) -> HttpResponse:
    page = ReviewPage(
        subject=subject,
        forms=forms,
        layout=ReviewLayout(forms),
        work=work,
        skip_url=work.next_address(subject.key) or "",
        error=error,
    )
    model = Determination if subject.determination else SourceLetter
    context = {
        **site.each_context(request),
        "title": f"Review {subject.title}",
        "opts": model._meta,
        "page": page,
        "is_nav_sidebar_enabled": False,
    }
    return TemplateResponse(request, "admin/review/review.html", context)
