"""/permis/ensemble/: the same thing done to the files that were chosen on the board."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.desk.parameters import whole_number
from gis_core.errors import Forbidden, Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from permits.numbers import format_number
from permits.pages.frame import page
from permits.services.bulk import (
    MOST_FILES,
    BulkAct,
    BulkOrder,
    bulk_job,
    check_order,
    list_instructors,
    list_letters,
    may_act_on_many,
    order_bulk,
    preview,
)
from permits.services.listing import PermitQuery, files, order_permits

CHOOSING_FORM = "bulk"
LONGEST_NUMBER = 18


def choosing_context(rights: Rights, query: PermitQuery) -> dict[str, Any]:
    """What the board offers to do to many files; nothing for who does not instruct."""
    if not may_act_on_many(rights):
        return {}
    return {
        "chooses": CHOOSING_FORM,
        "bulk_query": query.query(),
        "bulk_instructors": list_instructors(rights).items(),
        "bulk_letters": list_letters(),
        "bulk_most": MOST_FILES,
    }


@require_POST
@page
def bulk(request: HttpRequest) -> HttpResponse:
    """What an order would change; confirmed, it becomes a job."""
    rights = rights_of_request(request)
    if not may_act_on_many(rights):
        raise Forbidden(_("Your role does not allow this."))
    try:
        order = order_of(request.POST, rights)
        check_order(order, rights)
        if "confirmed" in request.POST:
            job = order_bulk(order, user=request.user, rights=rights)  # type: ignore[arg-type]
            return redirect("permit_bulk_job", job.pk)
    except Invalid as error:
        return show_bulk(request, {"error": error.message, "query": request.POST.get("query", "")}, status_of(error))
    instructor = list_instructors(rights).get(order.instructor or 0, _("nobody yet"))
    letter = dict(list_letters()).get(order.letter, "")
    context = {"order": order, "instructor": instructor, "letter": letter, **preview(order, rights)}
    return show_bulk(request, context | {"numbers": ",".join(order.numbers)})


def order_of(given: QueryDict, rights: Rights) -> BulkOrder:
    """The order that a form gives. Raises Invalid."""
    act = given.get("do", "")
    if act not in BulkAct.values:
        raise Invalid(_("Choose what to do."), parameter="do")
    return BulkOrder(
        act=BulkAct(act),
        numbers=numbers_of(given, rights),
        instructor=whole_number(given.get("instructor", "")),
        letter=given.get("letter", ""),
    )


def numbers_of(given: QueryDict, rights: Rights) -> list[str]:
    """The files that were ticked, those that were confirmed, or all those of the filter. Raises Invalid."""
    if numbers := given.get("numbers"):
        return distinct(numbers.split(","))
    if "all" in given:
        query = PermitQuery.parse(QueryDict(given.get("query", "")).dict())
        rows = order_permits(files(query, rights), query)
        return list(rows.values_list("number", flat=True)[: MOST_FILES + 1])
    return distinct(given.getlist("key"))


def distinct(numbers: list[str]) -> list[str]:
    """Each once, one more at most than may be asked for."""
    return list(dict.fromkeys(one[:LONGEST_NUMBER] for one in numbers))[: MOST_FILES + 1]


def show_bulk(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "permits/bulk.html", {"section": "permits", **context}, status=status)


@require_safe
@page
def bulk_report(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far a job is; once it is over, what was done and what was refused, and why."""
    job = bulk_job(job_id, rights_of_request(request))
    label, message = describe_job(job)
    report = job.report or {}
    context = {
        "section": "permits",
        "job": job,
        "job_label": label,
        "job_message": message,
        "report": job.report,
        "done": [(number, format_number(number)) for number in report.get("done", ())],
        "refused": [(one["number"], format_known(one["number"]), one["why"]) for one in report.get("refused", ())],
        "letters": report.get("act") == BulkAct.LETTER,
    }
    return render(request, "permits/bulk_report.html", context)


def format_known(number: str) -> str:
    """A number as people write it, or the text that was sent where it is none."""
    try:
        return format_number(number)
    except ValueError:
        return number
