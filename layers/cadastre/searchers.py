"""Suggestions over the reference layers. Every query is bounded: candidates are limited first, ordered afterwards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import ngettext
from psycopg import sql

from gis_core.database.statements import fetch_all
from layers.cadastre.references import Reference, number_patterns, read_references
from layers.features.search import Question, SearchResult
from layers.features.search_terms import split_terms

CANDIDATES = 200
MOST_PARCELS = 10
"""Of a list; a desk that takes lists shows all of it."""
NEARLY = 90
"""The score of an exact number is higher wherever the map looks."""
SUFFIXES = {"bis", "ter", "quater", "quinquies", "a", "b", "c", "d"}
PLACE = "st_x(c) as lon, st_y(c) as lat, box2d(st_transform(geom, 4326))::text as bbox"


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate as the queries below give it: what it is called and where it is."""

    id: int
    label: str
    detail: str
    distance: float
    lon: float
    lat: float
    bbox: str


COMMUNES = """
    select id, name, insee, 0.0, {place} from gis_core_commune, st_transform(st_pointonsurface(geom), 4326) c
    where {words} or (%(code)s <> '' and insee like %(code)s || '%%')
    order by search_text not like %(start)s, length(search_text), insee limit %(limit)s
"""


def search_communes(question: Question) -> list[SearchResult]:
    """Communes by the beginnings of their name's words, or by INSEE code."""
    typed = question.terms
    if not typed:
        return []
    code = question.text.upper() if re.fullmatch(r"\d[\dABab]\d{0,3}", question.text) else ""
    rows = run_query(COMMUNES, question, typed, {}, code=code)
    start = " ".join(typed)
    return [result_of(row, "commune", "communes", 92 if bare(row.label).startswith(start) else 75) for row in rows]


def bare(text: str) -> str:
    return " ".join(split_terms(text))


PARCELS = """
    with found as materialized (
        select id, label, insee, number, geom from cadastre_parcel where {condition}
        order by {order} limit %(candidates)s),
    best as materialized (
        select *, number <> %(exact)s as other, {distance} as steps from found
        order by other, steps, insee, number limit %(limit)s)
    select p.id, p.label, coalesce(co.name || ' (' || p.insee || ')', p.insee), p.steps, {place}
    from best p left join (select insee, name from gis_core_commune) co on co.insee = p.insee,
        st_transform(st_pointonsurface(p.geom), 4326) c
    order by p.other, p.steps, p.insee, p.number
"""


def search_parcels(question: Question) -> list[SearchResult]:
    """Parcels by identifier or by reference, exact numbers then near ones first; of a list the exact ones alone."""
    texts = [one for one in read_references(question.text) if one.meanings][:MOST_PARCELS]
    if len(texts) == 1:
        return parcels_of(texts[0].meanings, question)
    each = replace(question, limit=max(1, question.limit // len(texts))) if texts else question
    return [one for text in texts for one in parcels_of(text.meanings, each) if one.score > NEARLY]


def parcels_of(meanings: Sequence[Reference], question: Question) -> list[SearchResult]:
    """The parcels that one text may mean."""
    conditions = parcel_condition(meanings)
    if conditions is None:
        return []
    condition, values = conditions
    reference = meanings[0]
    parts = {"condition": condition, "order": "idu" if reference.idu else "number"}
    rows = run_query(PARCELS, question, [], parts, **values)
    return [
        result_of(row, "parcel", "parcels", 95 if reference.idu or row.label.endswith(f" {reference.number}") else 80)
        for row in rows
    ]


def parcel_condition(meanings: Sequence[Reference]) -> tuple[str, dict[str, Any]] | None:
    """The condition on the parcels' table and its values; None where no commune has the name."""
    reference = meanings[0]
    if reference.idu:
        return "idu like %(idu)s", {"idu": reference.idu + "%", "exact": ""}
    patterns = number_patterns(reference.number)
    values: dict[str, Any] = {f"number{i}": pattern for i, pattern in enumerate(patterns)}
    values |= {"section": reference.section, "exact": reference.number.zfill(4)}
    numbers = " or ".join(f"number like %(number{i})s" for i in range(len(patterns)))
    scopes = []
    for i, one in enumerate(meanings):
        scope = scope_of(one, f"_{i}")
        if scope is not None:
            scopes.append(scope[0])
            values |= scope[1]
    return (f"section = %(section)s and ({numbers}) and ({' or '.join(scopes)})", values) if scopes else None


def scope_of(reference: Reference, key: str) -> tuple[str, dict[str, Any]] | None:
    """The condition of the prefix and the commune; None where no commune has the name."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if reference.prefix:
        parts.append(f"prefix = %(prefix{key})s")
        values["prefix" + key] = reference.prefix
    if reference.commune:
        parts.append(f"insee like %(commune{key})s")
        values["commune" + key] = f"__{reference.commune}"
    if reference.insee or reference.place:
        codes = [reference.insee] if reference.insee else communes_by_name(reference.place)
        if not codes:
            return None
        parts.append(f"insee = any(%(communes{key})s)")
        values["communes" + key] = codes
    return " and ".join(parts) or "true", values


def claim_parcels(question: Question) -> str:
    """What to say of a text that names parcels and nothing else, where the plan has none; empty for other texts."""
    texts = read_references(question.text)
    if not texts or not all(one.meanings for one in texts):
        return ""
    places = {one.place for text in texts for one in text.meanings if one.place}
    if not all(communes_by_name(place) for place in places):
        return ""
    message = ngettext("The plan has no parcel %(text)s.", "The plan has none of the parcels %(text)s.", len(texts))
    return message % {"text": question.text}


COMMUNES_BY_NAME = sql.SQL("select insee from gis_core_commune where {words} order by insee limit 20")


def communes_by_name(place: Sequence[str]) -> list[str]:
    """INSEE codes of the communes whose name has these beginnings of words (at most 20)."""
    condition, values = word_condition(place)
    return [insee for (insee,) in fetch_all(COMMUNES_BY_NAME.format(words=sql.SQL(condition)), values)]


ADDRESSES = """
    with found as materialized (
        select id, label, number, suffix, postcode, commune_name, search_text, geom
        from cadastre_address where {condition} limit %(candidates)s),
    best as materialized (
        select *, {distance} as steps from found
        order by steps, search_text not like '%%' || %(start)s, length(search_text), number, suffix, id limit %(limit)s)
    select a.id, a.label, a.postcode || ' ' || a.commune_name, a.steps, {place}
    from best a, st_transform(a.geom, 4326) c
    order by a.steps, a.search_text not like '%%' || %(start)s, length(a.search_text), a.number, a.suffix, a.id
"""


def search_addresses(question: Question) -> list[SearchResult]:
    """Addresses by number, suffix and the beginnings of the words of road, postcode and commune."""
    number, suffix, rest = split_address(question.terms)
    if not any(len(word) > 1 for word in rest):
        return []
    conditions = ["{words}", *(["number = %(number)s"] if number is not None else [])]
    if suffix:
        conditions.append("lower(suffix) = %(suffix)s")
    parts = {"condition": " and ".join(conditions)}
    rows = run_query(ADDRESSES, question, rest, parts, number=number, suffix=suffix)
    score = 85 if number is not None else 55
    return [result_of(row, "address", "addresses", score) for row in rows]


def split_address(typed: Sequence[str]) -> tuple[int | None, str, list[str]]:
    """(house number, suffix, other words): 12 bis rue des tanneurs; a postcode is an ordinary word."""
    rest = list(typed)
    if len(rest) < 2 or not (match := re.fullmatch(r"(\d{1,4})(bis|ter|quater|[a-d])?", rest[0])):
        return None, "", rest
    number, suffix = int(match[1]), match[2] or ""
    rest = rest[1:]
    if not suffix and len(rest) > 1 and rest[0] in SUFFIXES:
        suffix, rest = rest[0], rest[1:]
    return number, suffix, rest


ROADS = """
    with found as materialized (
        select id, name, insee, search_text, geom from cadastre_road where {words} limit %(candidates)s),
    named as materialized (
        select distinct on (name, insee) id, name, insee, search_text, geom, {distance} as steps,
               strpos(search_text, ' ' || %(first)s) as place
        from found order by name, insee, st_length(geom) desc, id),
    best as materialized (
        select * from named order by steps, place, length(search_text), id limit %(limit)s)
    select r.id, r.name, coalesce(co.name, r.insee), r.steps, {place}
    from best r left join (select insee, name from gis_core_commune) co on co.insee = r.insee,
        st_transform(st_lineinterpolatepoint(st_geometryn(r.geom, 1), 0.5), 4326) c
    order by r.steps, r.place, length(r.search_text), r.id
"""


def search_roads(question: Question) -> list[SearchResult]:
    """Roads by the beginnings of the words of their name, number and commune; one line for the stretches of a road."""
    _number, _suffix, rest = split_address(question.terms)
    if not any(len(word) > 1 for word in rest):
        return []
    return [result_of(row, "road", "roads", 70) for row in run_query(ROADS, question, rest, {}, first=rest[0])]


PLACE_TEXT = (
    "(' ' || lower(translate(name, 'ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜàâäçéèêëîïôöùûü''-.,()/’',"
    " 'AAACEEEEIIOOUUUaaaceeeeiioouuu        ')))"
)
"""As the index `named_place_search` has it."""
PLACES = """
    with found as materialized (
        select id, name, insee, geom from cadastre_namedplace where {text} limit %(candidates)s),
    best as materialized (
        select * from (select distinct on (name, insee) *, {distance} as steps from found
            order by name, insee, st_area(geom) desc, id) each
        order by steps, length(name), id limit %(limit)s)
    select p.id, p.name, coalesce(co.name, p.insee), p.steps, {place}
    from best p left join (select insee, name from gis_core_commune) co on co.insee = p.insee,
        st_transform(st_pointonsurface(p.geom), 4326) c
    order by p.steps, length(p.name), p.id
"""


def search_places(question: Question) -> list[SearchResult]:
    """Named places of the plan by the beginnings of the words of their name; one line for parts on several sheets."""
    typed = question.terms
    if not any(len(word) > 1 for word in typed):
        return []
    conditions = [f"{PLACE_TEXT} ~ arpent.word_beginning(%(term{i})s)" for i in range(len(typed))]
    values = {f"term{i}": term for i, term in enumerate(typed)}
    rows = run_query(PLACES, question, [], {"text": " and ".join(conditions)}, **values)
    return [result_of(row, "place", "named-places", 68) for row in rows]


def run_query(
    statement: str, question: Question, typed: Sequence[str], parts: Mapping[str, str], **values: Any
) -> list[Row]:
    """Run a query of this module: `{words}`, `{distance}`, `{place}` and `parts` are SQL of ours, values parameters."""
    condition, word_values = word_condition(typed)
    lon, lat = question.near or (None, None)
    fragments = {"words": sql.SQL(condition), "distance": sql.SQL(distance(question)), "place": sql.SQL(PLACE)}
    composed = sql.SQL(statement).format(
        **fragments, **{name: sql.SQL(part).format(**fragments) for name, part in parts.items()}
    )
    given: dict[str, Any] = {"start": " " + " ".join(typed) + "%", "limit": question.limit, "lon": lon, "lat": lat}
    rows = fetch_all(composed, {**word_values, **given, "candidates": CANDIDATES, **values})
    return [Row(*row) for row in rows]


def word_condition(typed: Sequence[str]) -> tuple[str, dict[str, str]]:
    """`search_text` has a word that begins with each typed word."""
    if not typed:
        return "true", {}
    condition = " and ".join(f"search_text like %(word{i})s" for i in range(len(typed)))
    return f"({condition})", {f"word{i}": f"% {word}%" for i, word in enumerate(typed)}


def distance(question: Question) -> str:
    """Steps of 5 km from where the map looks; 0 when nobody says."""
    if question.near is None:
        return "0.0::float8"
    return "floor(st_distance(geom, (select st_transform(st_point(%(lon)s, %(lat)s, 4326), 2154))) / 5000)"


def result_of(row: Row, kind: str, layer: str, score: float) -> SearchResult:
    west, south, east, north = (float(part) for part in row.bbox[4:-1].replace(",", " ").split())
    return SearchResult(
        kind=kind,
        label=row.label,
        detail=row.detail,
        layer=layer,
        id=row.id,
        center_4326=(row.lon, row.lat),
        bbox_4326=(west, south, east, north),
        score=score - min(row.distance, 20) / 10,
    )
