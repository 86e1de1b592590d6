"""`manage.py import_edigeo PATH... [--member M] [--date D] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe le plan cadastral (PCI EDIGEO) : archives ou dossiers de feuilles, une commune ou un département."
    source = "edigeo"
