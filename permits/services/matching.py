"""What somebody typed to find files: a number or its beginning, a parcel, words."""

import re

from django.db import connection
from django.db.models import Q

from gis_core.members.rights import Rights
from gis_core.models import Commune, Territory
from layers.cadastre.references import Reference, read_reference, whole_identifier
from permits.folding import fold_terms
from permits.models import PermitQuerySet

MOST_TERMS = 8
NUMBER_BEGINS = re.compile(r"(?:PC|PA|PD|DP|CU)\d[0-9A-Z]{0,15}")
AFTER_LAST = "Z" * 18


def matching_text(rows: PermitQuerySet, text: str, insee: str, rights: Rights) -> PermitQuerySet:
    """Those that a text names: a number or its beginning, a parcel, or the beginnings of words."""
    if not text:
        return rows
    packed = re.sub(r"[\s.\-/]", "", text).upper()
    if NUMBER_BEGINS.fullmatch(packed):
        return rows.filter(number__gte=packed, number__lte=packed + AFTER_LAST)
    terms = fold_terms(text)[:MOST_TERMS]
    condition = Q(pk__in=files_on(parcels_in_text(text, insee, rights)))
    if terms:
        condition |= Q(*(Q(folded_text__contains=f" {word}") for word in terms))
    return rows.filter(condition)


def parcels_in_text(text: str, insee: str, rights: Rights) -> list[str]:
    """The identifiers of 14 characters that a text may mean, in the communes that the asker may see."""
    if whole := whole_identifier(text):
        return [whole]
    reference = read_reference(text)
    if reference is None or not reference.section:
        return []
    ending = f"{reference.prefix or '000'}{reference.section}{reference.number:0>4}"
    return [commune + ending for commune in communes_of_reference(reference, insee, rights)]


def communes_of_reference(reference: Reference, insee: str, rights: Rights) -> list[str]:
    if reference.insee or insee:
        return [reference.insee or insee]
    territory = Territory.objects.all() if rights.agency else Territory.objects.filter(member__in=list(rights.roles))
    communes = Commune.objects.filter(territories__in=territory)
    for word in reference.place:
        communes = communes.filter(search_text__contains=f" {word}")
    return list(communes.values_list("insee", flat=True).distinct())


def files_on(idus: list[str]) -> list[int]:
    if not idus:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select arpent.permits_on(%s)", [idus])
        return [row[0] for row in cursor.fetchall()]
