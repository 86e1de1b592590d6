"""Rows without coordinates find their place by their address."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from layers.intake.choices import Choices, Field
from layers.intake.geocoders import Place, geocode
from layers.intake.outcome import Outcome
from layers.intake.services.loading import Target, join_names, key_text, rows, run
from layers.intake.source import Progress

# Below this, the found address is more likely another one.
LEAST_SCORE = 0.6
BATCH = 500
# What was found goes with the row, where the layer has the columns.
MATCHED_ADDRESS, MATCH_SCORE = "found_address", "found_score"


def address_columns(choices: Choices) -> tuple[Field, ...]:
    """The fields that make up the address, as further texts of the staged rows."""
    return tuple(
        Field(source=source, name=f"address_part_{number}", label=source, type="text")
        for number, source in enumerate(choices.addresses, start=1)
    )


def address_match_fields() -> tuple[Field, ...]:
    """The columns that a new layer gets for what was found."""
    return (
        Field(source="", name=MATCHED_ADDRESS, label=_("Address found"), type="text"),
        Field(source="", name=MATCH_SCORE, label=_("Likeness of the address"), type="number"),
    )


def place(target: Target, choices: Choices, columns: Sequence[str], outcome: Outcome, progress: Progress) -> None:
    """Give every staged row the place of its address; the rows whose address is not found are taken out."""
    parts = join_names(one.name for one in address_columns(choices))
    statement = "select id, {}, concat_ws(' ', {}) from {} order by id"
    waiting = rows(statement, key_text(choices), parts, target.table)
    for start in range(0, len(waiting), BATCH):
        progress(start / len(waiting), _("Looking up addresses"))
        some = waiting[start : start + BATCH]
        places = geocode([text for _number, _key, text in some])
        for (number, key, text), spot in zip(some, places, strict=True):
            refuse_unsure(target, number, key, text, spot, outcome)
        keep([(one[0], spot) for one, spot in zip(some, places, strict=True) if sure(spot)], target, columns)
    run("delete from {} where geom is null", target.table)


def sure(spot: Place | None) -> bool:
    return spot is not None and spot.score >= LEAST_SCORE


def refuse_unsure(
    target: Target, number: int, key: str | None, text: str, spot: Place | None, outcome: Outcome
) -> None:
    if not text.strip():
        outcome.take_out(number, key, "address_empty", {})
    elif spot is None:
        outcome.take_out(number, key, "address_not_found", {"address": text[:120]})
    elif not sure(spot):
        given = {"address": text[:120], "found": spot.label, "score": round(spot.score * 100)}
        outcome.take_out(number, key, "address_unsure", given)


def keep(places: Sequence[tuple[int, Place | None]], target: Target, columns: Sequence[str]) -> None:
    """Write places, and what was found where there are columns for it."""
    more = [sql.Identifier(name) for name in (MATCHED_ADDRESS, MATCH_SCORE) if name in columns]
    assignments = sql.SQL("").join(sql.SQL(", {} = place.{}").format(name, name) for name in more)
    statement = (
        "update {} row set geom = st_setsrid(st_makepoint(place.x, place.y), 2154){} from"
        " unnest(%(ids)s::bigint[], %(xs)s::float8[], %(ys)s::float8[], %(labels)s::text[], %(scores)s::float8[])"
        " as place(id, x, y, found_address, found_score) where row.id = place.id"
    )
    spots = [(number, spot) for number, spot in places if spot is not None]
    run(
        statement,
        target.table,
        assignments,
        ids=[number for number, _spot in spots],
        xs=[spot.x for _number, spot in spots],
        ys=[spot.y for _number, spot in spots],
        labels=[spot.label for _number, spot in spots],
        scores=[round(spot.score, 3) for _number, spot in spots],
    )
