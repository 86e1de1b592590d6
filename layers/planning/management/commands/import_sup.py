"""`manage.py import_sup PATH... [--member M] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe des servitudes d’utilité publique CNIG : dossier ou ZIP."
    source = "sup"
