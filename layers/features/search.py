"""The search box: apps give searchers for their layers (`SEARCHERS`); those of layers that the user sees are answering.

A searcher answers a bounded number of candidates with a score; the best of all are kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.parameters import Parameters, in_domain, integer, position
from gis_core.errors import Invalid
from gis_core.members.rights import ANONYMOUS, Rights
from layers.catalogue.models import Layer
from layers.features.points import SEARCHERS
from layers.features.search_terms import split_terms

LONGEST_QUERY = 200
MOST_RESULTS = 50
MOST_TERMS = 12
GROUPS: Final = {
    "parcel": gettext_lazy("Parcels"),
    "commune": gettext_lazy("Communes"),
    "address": gettext_lazy("Addresses"),
    "road": gettext_lazy("Roads and streets"),
    "coordinates": gettext_lazy("Coordinates"),
    "permit": gettext_lazy("Applications"),
    "object": gettext_lazy("Objects"),
    "place": gettext_lazy("Places"),
    "layer": gettext_lazy("Layers"),
    "page": gettext_lazy("Pages and help"),
}
"""The headings over results, by their kind."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched: the text, its terms, how many results, where the map looks (EPSG:4326), and who asks."""

    text: str
    limit: int
    near: tuple[float, float] | None = None
    kind: str = ""
    """Results of this kind alone; of all where it is empty."""
    rights: Rights = ANONYMOUS

    @classmethod
    def parse(cls, parameters: Parameters) -> "Question":
        """What is looked for, how many results, and around where, by a query string. Raises Invalid."""
        text = parameters.get("q", "").strip()
        if len(text) > LONGEST_QUERY:
            raise Invalid(_("“q” is longer than %(limit)s characters.") % {"limit": LONGEST_QUERY}, parameter="q")
        if "\0" in text:
            raise Invalid(_("“q” contains a NUL character."), parameter="q")
        near = position(parameters)
        kind = parameters.get("kind", "")
        if kind and kind not in GROUPS:
            raise Invalid(_("“%(name)s” has no such value.") % {"name": "kind"}, parameter="kind")
        limit = integer(parameters, "limit", 8, 1, MOST_RESULTS)
        return cls(text, limit, near if near and in_domain(*near) else None, kind)

    @property
    def terms(self) -> list[str]:
        return split_terms(self.text)[:MOST_TERMS]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One suggestion; the score (0 to 100) orders suggestions of all kinds together."""

    kind: str
    label: str
    detail: str
    score: float
    center_4326: tuple[float, float] | None = None
    """Where the map goes; None for what has no place of its own."""
    layer: str | None = None
    id: int | None = None
    bbox_4326: tuple[float, float, float, float] | None = None
    road: str | None = None
    """A whole road, by the name that addresses have of it: the map shows it rather than one feature."""
    url: str | None = None
    """Its page, where it has one."""
    parcels: tuple[str, ...] = ()
    """Identifiers of parcels that are chosen together."""
    body: Mapping[str, str] | None = None
    """Of a page that searches further: what it is sent, in the body and so out of addresses, when it is chosen."""

    def as_json(self) -> dict[str, Any]:
        names = ("kind", "label", "detail", "layer", "id", "road", "url", "body")
        return {name: getattr(self, name) for name in names} | {
            "group": str(GROUPS[self.kind]),
            "parcels": list(self.parcels),
            "center_4326": self.center_4326 and [round(value, 7) for value in self.center_4326],
            "bbox_4326": self.bbox_4326 and [round(value, 7) for value in self.bbox_4326],
        }


type Search = Callable[[Question], Iterable[SearchResult]]


def suggestions(question: Question, rights: Rights) -> dict[str, Any]:
    """The best suggestions, of every kind that the asker may see; a message where a plain text has no result."""
    if not question.text:
        return {"results": [], "message": ""}
    question = replace(question, rights=rights)
    names = [one.layer for one in SEARCHERS.all() if one.layer]
    seen = set(Layer.objects.visible_to(rights).filter(slug__in=names).values_list("slug", flat=True))
    claims = {one: one.claim(question) for one in SEARCHERS.all() if one.claim}
    claimed = any(claims.values())
    answering = [
        one
        for one in SEARCHERS.all()
        if (not one.layer or one.layer in seen)
        and not (claimed and one.yields_to_claims)
        and question.kind in ("", one.kind)
    ]
    results = choose([one for searcher in answering for one in searcher.search(question)], question.limit)
    messages = [claims[one] for one in answering if claims.get(one)]
    return {
        "results": [one.as_json() for one in results],
        "message": "" if results else next(iter(messages), ""),
    }


def choose(results: Sequence[SearchResult], limit: int) -> list[SearchResult]:
    """The best results, kinds together in the order of their best; no kind takes more than half while others wait.

    Pages that search further stand last, always.
    """
    further = [one for one in results if one.body]
    taken: Counter[str] = Counter()
    first: list[SearchResult] = []
    rest: list[SearchResult] = []
    for one in sorted((one for one in results if not one.body), key=lambda one: -one.score):
        taken[one.kind] += 1
        (first if taken[one.kind] <= (limit + 1) // 2 else rest).append(one)
    chosen = [*first, *rest][: max(0, limit - len(further))]
    order = list(dict.fromkeys(one.kind for one in sorted(chosen, key=lambda one: -one.score)))
    return [*sorted(chosen, key=lambda one: (order.index(one.kind), -one.score)), *further]
