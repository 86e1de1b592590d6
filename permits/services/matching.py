"""What somebody typed to find files: a number or its beginning, a parcel, words."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from gis_core.database import clock as database_clock
from gis_core.members.rights import Rights
from gis_core.models import Commune, Territory
from layers.cadastre.references import read_references
from layers.cadastre.resolving import match_parcels
from permits.folding import fold_terms
from permits.models import PermitQuerySet
from permits.numbers import SERIES, Number, number_beginnings, read_short_number

MOST_TERMS = 8
YEARS = 10
"""How far back a number without its year is looked for."""
MOST_NUMBERS = 6_000
AFTER_LAST = "Z" * 18


def matching_text(rows: PermitQuerySet, text: str, insee: str, rights: Rights) -> PermitQuerySet:
    """Those that a text names: a number or its beginning, a parcel, or the beginnings of words."""
    if not text:
        return rows
    ending = Q(number__in=numbers_ending(text, rights))
    if beginnings := number_beginnings(text):
        return rows.filter(begins_with(beginnings) | ending)
    terms = fold_terms(text)[:MOST_TERMS]
    condition = ending | Q(pk__in=files_on(parcels_in_text(text, insee, rights)))
    if terms:
        condition |= Q(*(Q(folded_text__contains=f" {word}") for word in terms))
    return rows.filter(condition)


def begins_with(beginnings: Iterable[str]) -> Q:
    """Files whose number begins in one of these ways: ranges, for which policies leave the index."""
    condition = Q()
    for one in beginnings:
        condition |= Q(number__gte=one, number__lte=one + AFTER_LAST)
    return condition


def numbers_ending(text: str, rights: Rights) -> list[str]:
    """The whole numbers that end as the text (`26 00003`, `PC 26-3`, `A0001`), in communes that the asker may see."""
    short = read_short_number(text)
    if short is None or not rights.user_id:
        return []
    this_year = database_clock.today().year
    years = [short.year] if short.year else [f"{(this_year - back) % 100:02d}" for back in range(YEARS)]
    communes = [one for one in territory_of(rights) if one[2:].endswith(short.commune)]
    series = (short.letters,) if short.letters else SERIES
    if len(communes) * len(years) * len(series) > MOST_NUMBERS:
        return []
    return [
        Number(letters, insee, year, short.sequence).packed
        for insee in communes
        for year in years
        for letters in series
    ]


def parcels_in_text(text: str, insee: str, rights: Rights) -> list[str]:
    """The identifiers of 14 characters that a text may mean, in the communes that the asker may see.

    Those that the plan lacks are among them: files keep the parcels that they were filed with.
    """
    texts = read_references(text)
    if not texts or not all(one.meanings for one in texts):
        return []
    matches = match_parcels(texts, insee, () if insee else territory_of(rights))
    return [idu for match in matches for idu in (*match.idus, *match.expected)]


def territory_of(rights: Rights) -> list[str]:
    """INSEE codes of the communes that the asker may see."""
    territory = Territory.objects.all() if rights.agency else Territory.objects.filter(member__in=list(rights.roles))
    return list(Commune.objects.filter(territories__in=territory).values_list("insee", flat=True).distinct())


def files_on(idus: list[str]) -> list[int]:
    if not idus:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select arpent.permits_on(%s)", [idus])
        return [row[0] for row in cursor.fetchall()]
