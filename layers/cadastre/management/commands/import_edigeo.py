"""`manage.py import_edigeo PATH... [--member M] [--date D] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe le plan cadastral (PCI EDIGEO) : archives ou dossiers de feuilles, une commune ou un département."
    source = "edigeo"
