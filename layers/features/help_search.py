"""The search box finds guides by the words of their title or of a heading."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from gis_core.help.searching import search_titles
from layers.features.search import Question, SearchResult

MOST = 3
TITLE, HEADING = 58, 42
"""Below layers and places of that name: who types in the box looks for a thing first."""


def search_help(question: Question) -> Iterator[SearchResult]:
    """A few guides that have all words in a title, then in a heading."""
    for match in search_titles(question.text, min(MOST, question.limit)):
        in_guide = match.part.heading != match.guide.title
        yield SearchResult(
            kind="page",
            label=match.part.heading,
            detail=_("Help: %(guide)s") % {"guide": match.guide.title} if in_guide else _("Help"),
            score=HEADING if in_guide else TITLE,
            url=match.part.url,
        )
