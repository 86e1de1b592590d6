"""`manage.py import_etalab PATH... [--member M] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe le cadastre Etalab (GeoJSON) : communes, sections, parcelles, bâtiments."
    source = "etalab"
