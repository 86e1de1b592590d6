"""Addresses of imported rows found among those of the platform."""

import re
from collections.abc import Sequence

from django.db import connection

from layers.cadastre.searchers import split_address
from layers.features.search_terms import split_terms
from layers.intake.geocoders import Place

POSTCODE = re.compile(r"\d{5}")
# Another house of the road, another postcode: less like the address that was written.
OTHER_SUFFIX, OTHER_POSTCODE = 0.1, 0.3
# The same road and number in several communes, and nothing written tells which.
AMBIGUOUS = 0.5


def find_addresses(texts: Sequence[str]) -> list[Place | None]:
    """The address most like each text, by house number and the words of road, postcode and commune."""
    results: list[Place | None] = [None] * len(texts)
    parsed = [(place, *parse_address(text)) for place, text in enumerate(texts)]
    whole = [one for one in parsed if one[1] is not None and one[3]]
    if not whole:
        return results
    places, numbers, suffixes, names, postcodes = map(list, zip(*whole, strict=True))
    with connection.cursor() as cursor:
        values = {"others": OTHER_SUFFIX, "elsewhere": OTHER_POSTCODE, "ambiguous": AMBIGUOUS}
        lists = {"numbers": numbers, "suffixes": suffixes, "phrases": names, "postcodes": postcodes}
        cursor.execute(NEAREST, {"places": places, **lists, **values})
        for place, x, y, label, score in cursor.fetchall():
            results[place] = Place(x, y, label, score)
    return results


def parse_address(text: str) -> tuple[int | None, str, str, str]:
    """(house number, suffix, words of road, postcode and commune, postcode) of an address as people write it."""
    number, suffix, rest = split_address(split_terms(text))
    postcode = next((word for word in rest if POSTCODE.fullmatch(word)), "")
    return number, suffix, " ".join(rest), postcode


# The two best of each, because a second one as good in another commune makes the first a guess.
NEAREST = """
    with asked as (
        select * from unnest(%(places)s::int[], %(numbers)s::int[], %(suffixes)s::text[], %(phrases)s::text[],
            %(postcodes)s::text[]) as asked(place, number, suffix, phrase, postcode)),
    best as (
        select asked.place, near.*, row_number() over like_it as rank, lead(near.score) over like_it as next_score,
            lead(near.insee) over like_it as next_insee
        from asked cross join lateral (
            select id, insee, geom, label || ', ' || postcode || ' ' || commune_name as label,
                word_similarity(asked.phrase, search_text)
                - case when lower(suffix) = asked.suffix then 0 else %(others)s end
                - case when asked.postcode in ('', address.postcode) then 0 else %(elsewhere)s end as score
            from cadastre_address address
            where number = asked.number and asked.phrase <%% search_text
            order by score desc, id limit 2) near
        window like_it as (partition by asked.place order by near.score desc, near.id))
    select place, st_x(geom), st_y(geom), label,
        greatest(0, score - case when next_score = score and next_insee <> insee then %(ambiguous)s else 0 end)
    from best where rank = 1
"""
