"""The search box offers the search of owners by a name to those who read some; it searches nothing itself."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from layers.features.search import Question, SearchResult
from layers.features.search_terms import is_name
from layers.owners.services.access import open_communes


def offer_owners(question: Question) -> Iterator[SearchResult]:
    """The page that searches owners, with the name; it asks for the purpose first."""
    if is_name(question.text) and question.rights.user_id and open_communes():
        label = _("Search owners: “%(name)s”") % {"name": question.text}
        detail = _("For a purpose that the journal keeps.")
        body = {"name": question.text}
        yield SearchResult(kind="page", label=label, detail=detail, score=0, url=reverse("owner_search"), body=body)
