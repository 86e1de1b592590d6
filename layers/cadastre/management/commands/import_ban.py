"""`manage.py import_ban PATH... [--member M] [--date D] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe les adresses de la Base Adresse Nationale (adresses-….csv ou .csv.gz)."
    source = "ban"
