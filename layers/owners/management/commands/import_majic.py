"""`manage.py import_majic PATH... [--member M] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe les propriétaires (MAJIC) : fichiers PROP, NBAT et BATI d'une même année."
    source = "majic"
