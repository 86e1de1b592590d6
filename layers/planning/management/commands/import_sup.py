"""`manage.py import_sup PATH... [--member M] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe des servitudes d’utilité publique CNIG : dossier ou ZIP."
    source = "sup"
