"""Which parcels of the plan references mean: the one reading of every field, list and search that takes parcels."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection

from layers.cadastre.references import Reference, ReferenceText, read_references
from layers.cadastre.searchers import communes_by_name

WHOLE = 14
MOST_COMMUNES = 20
KNOWN = """
    select wanted.place, one.idu
    from unnest(%(places)s::int[], %(insee)s::text[], %(prefixes)s::text[], %(sections)s::text[], %(numbers)s::text[])
        as wanted (place, insee, prefix, section, number)
    join cadastre_parcel one on one.section = wanted.section and one.number = wanted.number and one.insee = wanted.insee
        and (wanted.prefix = '' or one.prefix = wanted.prefix)
    order by wanted.place, one.idu
"""
COMMUNES_BY_END = "select insee from gis_core_commune where insee like %s order by insee limit %s"

type Place = tuple[str, str, str, str]
"""INSEE code, prefix (empty where it is not said), section, number of four digits."""


@dataclass(frozen=True, slots=True)
class ParcelMatch:
    """What one text of a list means.

    `idus` are the parcels that the plan has, of the likeliest meaning that has any; `expected` the identifiers that it
    would have, with the prefix 000 where none is said. Both are empty where the text is no parcel, or names no commune.
    """

    text: str
    idus: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    is_parcel: bool = True


def parcels_in(text: str, insee: str = "", territory: Sequence[str] = ()) -> list[ParcelMatch]:
    """The parcels that a text names, in its order.

    Those that name no commune lie in `insee`, else in any commune of `territory` (INSEE codes).
    """
    return match_parcels(read_references(text), insee, territory)


def match_parcels(texts: Sequence[ReferenceText], insee: str = "", territory: Sequence[str] = ()) -> list[ParcelMatch]:
    """The parcels of the plan that texts mean, by one query and one for each name of a commune."""
    by_name, by_end = cache(communes_by_name), cache(communes_by_end)
    every: list[tuple[int, int, Place]] = []
    for i, text in enumerate(texts):
        for rank, meaning in enumerate(text.meanings):
            codes = communes_of(meaning, insee, territory, by_name, by_end)
            every += [(i, rank, place) for place in places_of(meaning, codes)]
    known = known_parcels([place for _i, _rank, place in every])
    matches = []
    for i, text in enumerate(texts):
        mine = [(place, rank, each) for place, (owner, rank, each) in enumerate(every) if owner == i]
        likeliest = min((rank for place, rank, _each in mine if known.get(place)), default=0)
        idus = [idu for place, rank, _each in mine if rank == likeliest for idu in known.get(place, ())]
        expected = [f"{each[0]}{each[1] or '000'}{each[2]}{each[3]}" for _place, rank, each in mine if rank == 0]
        matches.append(ParcelMatch(text.text, unique(idus), unique(expected), bool(text.meanings)))
    return matches


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def communes_of(
    reference: Reference,
    insee: str,
    territory: Sequence[str],
    by_name: Callable[[tuple[str, ...]], list[str]],
    by_end: Callable[[str], list[str]],
) -> list[str]:
    """INSEE codes of the communes that a reference may be of."""
    if reference.idu or reference.insee:
        return [reference.insee or str(reference.idu)[:5]]
    if reference.place:
        codes = by_name(reference.place)
        return [one for one in codes if one in territory] or codes
    around = [insee] if insee else list(territory)
    if reference.commune:
        return list(unique(one[:2] + reference.commune for one in around)) if around else by_end(reference.commune)
    return around


def places_of(reference: Reference, codes: Sequence[str]) -> list[Place]:
    """Where in the plan a reference may be; nowhere where it is the beginning of an identifier."""
    if reference.idu:
        idu = reference.idu
        return [(idu[:5], idu[5:8], idu[8:10], idu[10:])] if len(idu) == WHOLE else []
    return [(code, reference.prefix or "", reference.section, reference.number.zfill(4)) for code in codes]


def known_parcels(places: Sequence[Place]) -> dict[int, list[str]]:
    """Identifiers that the plan has, by the index of where they are looked for."""
    if not places:
        return {}
    columns = zip(*places, strict=True)
    given = dict(zip(("insee", "prefixes", "sections", "numbers"), map(list, columns), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"places": list(range(len(places))), **given})
        result: dict[int, list[str]] = {}
        for place, idu in cursor.fetchall():
            result.setdefault(place, []).append(idu)
        return result


def communes_by_end(digits: str) -> list[str]:
    """INSEE codes of the communes whose number in their département is these three digits."""
    with connection.cursor() as cursor:
        cursor.execute(COMMUNES_BY_END, [f"__{digits}", MOST_COMMUNES])
        return [insee for (insee,) in cursor.fetchall()]
