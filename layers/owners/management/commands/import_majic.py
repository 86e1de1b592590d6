"""`manage.py import_majic PATH... [--member M] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe les propriétaires (MAJIC) : fichiers PROP, NBAT et BATI d'une même année."
    source = "majic"
