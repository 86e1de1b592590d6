"""Chosen parcels as a CSV file, as every export of the platform writes it."""

from django.utils.translation import gettext as _

from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.rows import Column
from layers.parcels.services.selecting import Selection


def table_of(selection: Selection) -> bytes:
    columns = [
        Column("idu", _("Identifier"), "text"),
        Column("label", _("Reference"), "text"),
        Column("insee", "INSEE", "text"),
        Column("commune", _("Commune"), "text"),
        Column("area_m2", _("Registered area (m²)"), "integer"),
        Column("measured_m2", _("Measured area (m²)"), "number"),
    ]
    return csv_file(columns, ([getattr(one, column.name) for column in columns] for one in selection.parcels))
