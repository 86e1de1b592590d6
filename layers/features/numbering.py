"""When the database gives new objects their reference, by the pattern of their member (`sql/number_object.sql`)."""

from typing import Final, LiteralString

from gis_core.wiring.database import Trigger

BY_PEOPLE: Final = """\
case pg_catalog.current_setting('role') when 'none' then session_user::text
    else pg_catalog.current_setting('role') end = 'arpent_web'"""
"""Whoever edits, from the map, QGIS or another program; imports are the worker's."""


def numbering_trigger(table: str, *, when: LiteralString = "") -> Trigger:
    """The trigger of a table whose new rows are numbered, after those that place them: locks come in one order."""
    condition: LiteralString = f"{BY_PEOPLE} and {when}" if when else BY_PEOPLE
    return Trigger(
        table=table, order=25, name="reference", fires="before insert", call="number_object()", when=condition
    )
