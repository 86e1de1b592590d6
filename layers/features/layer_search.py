"""The search box finds layers by the words of their title, of those that the asker sees."""

from collections.abc import Iterator

from django.urls import reverse

from layers.catalogue.models import Layer
from layers.features.search import Question, SearchResult
from layers.features.search_terms import search_text

SHORTEST = 3
WHOLE, PART = 78, 60


def search_layers(question: Question) -> Iterator[SearchResult]:
    """Layers of whose title or theme each typed term begins a word; those of whose title it is the beginning first."""
    terms = question.terms
    if sum(map(len, terms)) < SHORTEST:
        return
    layers = Layer.objects.visible_to(question.rights).select_related("theme")
    fields = ("slug", "title", "title_en", "theme__title", "theme__title_en")
    for layer in layers.only(*fields).order_by("theme__order", "order", "title"):
        title, theme = search_text(layer), search_text(layer.theme)
        if all(f" {term}" in title + theme for term in terms):
            yield SearchResult(
                kind="layer",
                label=str(layer),
                detail=str(layer.theme),
                score=WHOLE if title.startswith(" " + " ".join(terms)) else PART,
                layer=layer.slug,
                url=f"{reverse('map')}#v=1&l={layer.slug}",
            )
