"""`manage.py import_ban PATH... [--member M] [--date D] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe les adresses de la Base Adresse Nationale (adresses-….csv ou .csv.gz)."
    source = "ban"
