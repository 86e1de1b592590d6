"""The search box finds applications by number, in any writing: `PC 045 234 26 A0001`, `pc 45 234 26`, `PC 26-3`."""

from collections.abc import Iterator

from django.contrib.gis.db.models.functions import Envelope, PointOnSurface, Transform
from django.urls import reverse
from django.utils.translation import gettext as _

from layers.features.search import Question, SearchResult
from layers.features.search_terms import is_name
from permits.layers import SLUG
from permits.models import Permit, PermitQuerySet
from permits.numbers import exact_numbers, number_beginnings
from permits.services.applicants import reads_applicants_somewhere
from permits.services.matching import AFTER_LAST, numbers_ending

LETTERS_AND_COMMUNE = 8
"""Characters of a number before which a beginning is that of too many."""
EXACT, BEGINNING = 98, 88


def search_permits(question: Question) -> Iterator[SearchResult]:
    """Applications that the asker may see, by their number or the beginning or the end of it, the last ones first."""
    exact = exact_numbers(question.text)
    seen = Permit.objects.visible_to(question.rights)
    if numbers := exact or numbers_ending(question.text, question.rights):
        yield from results_of(seen.filter(number__in=numbers), question.limit, EXACT)
    if exact:
        return
    for one in number_beginnings(question.text):
        if len(one) >= LETTERS_AND_COMMUNE:
            rows = seen.filter(number__gte=one, number__lte=one + AFTER_LAST)
            yield from results_of(rows, question.limit, BEGINNING)


def claim_permits(question: Question) -> str:
    """What to say of a whole number that no application bears which the asker sees; empty for other texts."""
    if not exact_numbers(question.text):
        return ""
    return _("There is no application %(number)s that you may see.") % {"number": question.text}


def offer_applicants(question: Question) -> Iterator[SearchResult]:
    """The page that searches applicants, for those who read some: it searches, and writes its journal, when chosen."""
    if is_name(question.text) and question.rights.user_id and reads_applicants_somewhere(question.rights):
        label = _("Search applicants: “%(name)s”") % {"name": question.text}
        detail = _("Personal data: the journal keeps it.")
        body = {"q": question.text}
        yield SearchResult(kind="page", label=label, detail=detail, score=0, url=reverse("applicants"), body=body)


def results_of(rows: PermitQuerySet, limit: int, score: float) -> Iterator[SearchResult]:
    placed = rows.annotate(center=Transform(PointOnSurface("geom"), 4326), box=Transform(Envelope("geom"), 4326)).only(
        "number", "state", "kind", "address", "insee"
    )
    for permit in placed.order_by("-number")[:limit]:
        center, box = getattr(permit, "center", None), getattr(permit, "box", None)
        yield SearchResult(
            kind="permit",
            label=str(permit),
            detail=" · ".join(filter(None, (permit.get_state_display(), permit.address))),
            score=score,
            layer=SLUG if center else None,
            id=permit.pk if center else None,
            center_4326=(center.x, center.y) if center else None,
            bbox_4326=box.extent if box else None,
            url=reverse("permit", args=[permit.number]),
        )
