"""/membres/<member>/revue/: the reviews of rights of a member's people, one after another on one page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError, NotFound
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from gis_core.members import organisations as members
from gis_core.members import reviews
from gis_core.members.forms import ReviewDateForm, StartReviewForm
from gis_core.members.rights import Rights, Role
from gis_core.models import Member, ReviewedPerson, RightsReview


@require_http_methods(["GET", "HEAD", "POST"])
@page
def reviews_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The reviews of a member; a form to start one."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    usual = database_clock.today() + timedelta(days=reviews.USUAL_DAYS)
    form = StartReviewForm(request.POST if request.method == "POST" else None, initial={"last_date": usual})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            try:
                review = reviews.start_review(
                    rights=rights, member=member, last_date=given["last_date"] or usual,
                    ends_others=given["ends_others"],
                )  # fmt: skip
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The review is open: administrators have been told by mail."))
                return redirect("review", slug=slug, review_id=review.pk)
    return show_reviews(request, member, status=status, form=form)


def show_reviews(request: HttpRequest, member: Member, *, status: int = 200, **forms: Any) -> HttpResponse:
    usual = database_clock.today() + timedelta(days=reviews.USUAL_DAYS)
    context = {
        "section": "members",
        "member": member,
        "reviews": reviews.reviews_of(member),
        "form": StartReviewForm(initial={"last_date": usual}),
        "date_form": ReviewDateForm(initial={"review_date": member.review_date}),
    }
    return render(request, "membres/reviews.html", context | forms, status=status)


@require_POST
@page
def set_review_date(request: HttpRequest, slug: str) -> HttpResponse:
    """When the next review begins by itself."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    form = ReviewDateForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            reviews.set_review_date(rights=rights, member=member, day=form.cleaned_data["review_date"])
        except ArpentError as error:
            status = blame(form, error)
        else:
            messages.success(request, _("The day of the yearly review is kept."))
            return redirect("reviews", slug=slug)
    return show_reviews(request, member, status=status, date_form=form)


def review_on_page(request: HttpRequest, slug: str, review_id: int) -> tuple[Rights, RightsReview]:
    """Who asks, and the review of one of their members. Raises NotFound, Forbidden."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    return rights, reviews.review_of(member, review_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def review_page(request: HttpRequest, slug: str, review_id: int) -> HttpResponse:
    """Everybody on one page: keep, another role, leaves. A closed review is read."""
    rights, review = review_on_page(request, slug, review_id)
    status, fault, given = 200, "", {}
    if request.method == "POST":
        given = answers_sent(request, review)
        try:
            count = reviews.answer_people(rights=rights, review=review, answers=given)
        except ArpentError as error:
            status, fault = 400, str(error.message)
        else:
            messages.success(request, ngettext("%(n)s answer kept.", "%(n)s answers kept.", count) % {"n": count})
            if request.POST.get("action") == "close":
                return redirect("review_closing", slug=slug, review_id=review_id)
            return redirect("review", slug=slug, review_id=review_id)
    rows = list(review.people.select_related("answered_by"))
    for one in rows:
        one.answer, one.new_role = given.get(one.pk, (one.answer, one.new_role))
    highest = rights.rank_at(review.owner_id)
    context = {
        "section": "members",
        "member": review.owner,
        "review": review,
        "people": rows,
        "waiting": sum(not one.answer for one in rows),
        "fault": fault,
        "roles": [one for one in Role if one.rank <= highest and one != Role.TOWN_HALL],
        "answers": [one for one in ReviewedPerson.Answer if one.value],
        "final": review.state == RightsReview.State.FINAL,
    }
    return render(request, "membres/review.html", context, status=status)


def answers_sent(request: HttpRequest, review: RightsReview) -> dict[int, tuple[str, str]]:
    """What the page says of each person: `answer-<id>` and `role-<id>`; whoever it does not name stays as they are."""
    numbers = review.people.values_list("pk", flat=True)
    return {
        number: (request.POST[f"answer-{number}"][:20], request.POST.get(f"role-{number}", "")[:24])
        for number in numbers
        if f"answer-{number}" in request.POST
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def closing_page(request: HttpRequest, slug: str, review_id: int) -> HttpResponse:
    """What the end of a review changes, before it is done."""
    rights, review = review_on_page(request, slug, review_id)
    if request.method == "POST":
        reviews.close_review(rights=rights, review=review)
        messages.success(request, _("The review is closed, and its record kept."))
        return redirect("review", slug=slug, review_id=review_id)
    rows = list(review.people.all())
    answer = ReviewedPerson.Answer
    context = {
        "section": "members",
        "member": review.owner,
        "review": review,
        "kept": sum(one.answer == answer.KEPT for one in rows),
        "changed": [one for one in rows if one.answer == answer.CHANGED],
        "ended": [one for one in rows if one.answer == answer.ENDED],
        "waiting": [one for one in rows if not one.answer],
    }
    return render(request, "membres/review_closing.html", context)


@require_safe
@page
def record(request: HttpRequest, slug: str, review_id: int) -> HttpResponse:
    """The record of a closed review. Raises NotFound while it is open."""
    _rights, review = review_on_page(request, slug, review_id)
    if review.pdf is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    name = f"revue-des-droits-{review.owner.slug}-{review.pk}.pdf"
    return file_response(bytes(review.pdf), "application/pdf", name)


urlpatterns = [
    path("<slug:slug>/revue/", reviews_page, name="reviews"),
    path("<slug:slug>/revue/date/", set_review_date, name="review_date"),
    path("<slug:slug>/revue/<int:review_id>/", review_page, name="review"),
    path("<slug:slug>/revue/<int:review_id>/clore/", closing_page, name="review_closing"),
    path("<slug:slug>/revue/<int:review_id>/proces-verbal.pdf", record, name="review_record"),
]
