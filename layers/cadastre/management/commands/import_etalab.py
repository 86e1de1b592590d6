"""`manage.py import_etalab PATH... [--member M] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe le cadastre Etalab (GeoJSON) : communes, sections, parcelles, bâtiments."
    source = "etalab"
