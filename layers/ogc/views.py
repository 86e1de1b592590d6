"""Reading and writing features by OGC API: thin views over the services of layers.features."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.urls import is_valid_path, reverse
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import NotFound
from gis_core.http.admission import FILTER, limit_concurrency
from layers.catalogue.models import Layer
from layers.features.crs import Crs, parse_crs
from layers.features.services.query import Items, ItemsQuery, read_item, read_items
from layers.features.services.write import Edit, apply_edits
from layers.ogc import bodies, documents, pages, qgis
from layers.ogc.formats import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Format, choose_format
from layers.ogc.kept import as_described, layer_to_read
from layers.ogc.openapi import openapi
from layers.ogc.resources import HEADERS, Resource, compact

COSTLY_ITEMS = 1_000
COSTLY_ROWS = 100
"""Of features as text that PostgreSQL writes, and as a table in a page."""
WITHOUT_CONTENT = {"Cache-Control": "no-store"}


class LandingView(Resource):
    """Where programs and people begin."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = choose_format(request, JSON, HTML)
        document = documents.landing(self.base, form)
        return pages.landing(request, document) if form is HTML else self.answer(document, form)


class ApiView(Resource):
    """The definition of this API."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = choose_format(request, OPENAPI, HTML)
        layers = list(Layer.objects.visible_to(self.rights).select_related("theme"))
        if form is HTML:
            return pages.api(request, self.base, layers)
        return self.answer(openapi(layers, self.rights, self.base), form)


class ConformanceView(Resource):
    """Which classes of the standards this API conforms to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = choose_format(request, JSON, HTML)
        document = documents.conformance(self.base, form)
        return pages.conformance(request, document) if form is HTML else self.answer(document, form)


class CollectionsView(Resource):
    """The layers that the asker sees."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = choose_format(request, JSON, HTML)
        layers = list(Layer.objects.visible_to(self.rights).select_related("theme"))
        if form is HTML:
            return pages.collections(request, layers)
        return self.answer(documents.collections(layers, self.base, form), form)


class CollectionView(Resource):
    """One layer."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = self.layer(slug)
        form = choose_format(request, JSON, HTML)
        document = documents.collection(layer, self.base, form)
        if form is HTML:
            return pages.collection(request, layer, document)
        return self.answer(qgis.in_storage_crs(document) if qgis.reads_no_schema(request) else document, form)


class SchemaView(Resource):
    """What a feature is made of."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = self.layer(slug)
        form = choose_format(request, SCHEMA, HTML)
        document = documents.schema(layer, self.rights, self.base)
        return pages.schema(request, layer, document) if form is HTML else self.answer(document, form)


class GeojsonSchemaView(Resource):
    """What a GeoJSON feature is made of, its members and its properties."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = self.layer(slug)
        form = choose_format(request, SCHEMA)
        return self.answer(documents.geojson_schema(layer, self.rights, self.base), form)


class QueryablesView(Resource):
    """What filters may name."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = self.layer(slug)
        form = choose_format(request, SCHEMA, HTML)
        document = documents.queryables(layer, self.rights, self.base)
        if form is HTML:
            return pages.queryables(request, layer, document)
        return self.answer(qgis.with_references(document) if qgis.version_of(request) else document, form)


class ItemsView(Resource):
    """The features of a layer, by the page; where a new one is made."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = layer_to_read(slug, self.rights)
        form = choose_format(
            request, GEOJSON, HTML, parameters=request.GET
        )  # the query refuses those that there are not
        query = ItemsQuery.parse(request.GET, layer, self.rights)
        many = query.limit > (COSTLY_ROWS if form is HTML else COSTLY_ITEMS)
        with limit_concurrency(FILTER) if many or "filter" in request.GET else nullcontext():
            with as_described():
                items = read_items(layer, query, self.rights)
            links = self.links(layer, query, items, form)
            if form is HTML:
                return pages.items(request, layer, self.rights, items, links)
        if qgis.asks_for_fields(request):
            items = qgis.with_example(items, layer, self.rights)
        return self.send(collection_text(items, links), form, content_crs(query.crs))

    def links(self, layer: Layer, query: ItemsQuery, items: Items, form: Format) -> list[dict[str, Any]]:
        """This page, its other form, the next page, the collection."""
        parameters = {name: value for name, value in self.request.GET.items() if name != "f"}
        here = f"{documents.address(layer, self.base)}/items"
        other = HTML if form is GEOJSON else GEOJSON
        this, that = (f"{here}?{urlencode({**parameters, 'f': one.name})}" for one in (form, other))
        links = [
            documents.link(this, "self", form, _("This page")),
            documents.link(that, "alternate", other, _("This page, in another form")),
            documents.link(documents.address(layer, self.base), "collection", JSON, str(layer)),
        ]
        if items.following:
            after = {**parameters, "limit": query.limit, "cursor": items.following.text, "f": form.name}
            links.append(documents.link(f"{here}?{urlencode(after)}", "next", form, _("Next page")))
        return links

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = self.layer(slug)
        if stopped := self.refuse_nobody():
            return stopped
        (made,) = apply_edits(layer, [bodies.creation_edit(request)], rights=self.rights, origin=self.origin())
        where = f"{documents.address(layer, self.base)}/items/{made.id}"
        headers = {"Location": where, "ETag": bodies.tag_of(made.version), **WITHOUT_CONTENT}
        return HttpResponse(status=201, headers=headers)

    def options(self, request: HttpRequest, slug: str) -> HttpResponse:
        may_write = self.may_write(self.layer(slug))
        headers = {"Accept-Post": ", ".join(bodies.FEATURE_TYPES)} if may_write else {}
        return options_response(("GET", "HEAD", *(("POST",) if may_write else ()), "OPTIONS"), headers)


class ItemView(Resource):
    """One feature."""

    def get(self, request: HttpRequest, slug: str, feature_id: str) -> HttpResponse:
        layer = layer_to_read(slug, self.rights)
        form = choose_format(request, GEOJSON, HTML, parameters=("f", "crs"))
        crs = parse_crs(request.GET, "crs")
        with as_described():
            item = read_item(layer, number(feature_id), crs, self.rights)
        if form is HTML:
            return pages.item(request, layer, self.rights, json.loads(item.feature))
        headers = {"ETag": bodies.tag_of(item.version), **content_crs(crs)}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return HttpResponseNotModified(headers={**HEADERS, **headers})
        return self.send(add_links(item.feature, self.links(layer, feature_id, form)), form, headers)

    def links(self, layer: Layer, feature_id: str, form: Format) -> list[dict[str, Any]]:
        parameters = {name: value for name, value in self.request.GET.items() if name != "f"}
        here = f"{documents.address(layer, self.base)}/items/{feature_id}"
        return [
            documents.link(
                f"{here}?{urlencode({**parameters, 'f': 'json'})}", "self", form, _("This document as JSON")
            ),
            documents.link(f"{here}?f=html", "alternate", HTML, _("This document as HTML")),
            documents.link(documents.address(layer, self.base), "collection", JSON, str(layer)),
        ]

    def put(self, request: HttpRequest, slug: str, feature_id: str) -> HttpResponse:
        return self.change(slug, feature_id, bodies.replacement_edit)

    def patch(self, request: HttpRequest, slug: str, feature_id: str) -> HttpResponse:
        return self.change(slug, feature_id, bodies.patch_edit)

    def delete(self, request: HttpRequest, slug: str, feature_id: str) -> HttpResponse:
        return self.change(slug, feature_id, bodies.deletion_edit)

    def change(self, slug: str, feature_id: str, read: Any) -> HttpResponse:
        """Write what `read` makes of the request."""
        layer = self.layer(slug)
        if stopped := self.refuse_nobody():
            return stopped
        edit: Edit = read(self.request, layer, number(feature_id), self.rights)
        (result,) = apply_edits(layer, [edit], rights=self.rights, origin=self.origin())
        tag = {} if result.action == "delete" else {"ETag": bodies.tag_of(result.version)}
        return HttpResponse(status=204, headers={**WITHOUT_CONTENT, **tag})

    def options(self, request: HttpRequest, slug: str, feature_id: str) -> HttpResponse:
        """Also for an identifier that no feature has: QGIS asks for one where a layer is empty."""
        may_write = self.may_write(self.layer(slug))
        headers = {"Accept-Patch": ", ".join(bodies.PATCH_TYPES)} if may_write else {}
        return options_response(("GET", "HEAD", *(("PUT", "PATCH", "DELETE") if may_write else ()), "OPTIONS"), headers)


class SlashView(Resource):
    """The address without the slash that somebody wrote at its end."""

    def get(self, request: HttpRequest, rest: str) -> HttpResponse:
        query, wanted = request.META.get("QUERY_STRING", ""), f"{reverse('ogc:landing').rstrip('/')}/{rest}"
        if not is_valid_path(wanted):
            raise NotFound(_("There is no such object, or you may not see it."))
        return HttpResponseRedirect(f"{self.base}/{rest}{'?' if query else ''}{query}")


def number(feature_id: str) -> int:
    """The identifier that an address names. Raises NotFound for what none can be."""
    if not (feature_id.isascii() and feature_id.isdecimal() and len(feature_id) <= 19):
        raise NotFound(_("There is no such object, or you may not see it."))
    return int(feature_id)


def options_response(methods: tuple[str, ...], headers: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(headers={"Allow": ", ".join(methods), **headers, **WITHOUT_CONTENT})


def content_crs(crs: Crs) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}


def collection_text(items: Items, links: list[dict[str, Any]]) -> str:
    """A feature collection around the features as PostgreSQL wrote them."""
    envelope: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": database_clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberReturned": items.returned,
        **({} if items.matched is None else {"numberMatched": items.matched}),
        "links": links,
    }
    return f'{compact(envelope).removesuffix("}")},"features":[{items.features}]}}'


def add_links(feature: str, links: list[dict[str, Any]]) -> str:
    """A feature with its links."""
    return f'{feature.removesuffix("}")},"links":{compact(links)}}}'
