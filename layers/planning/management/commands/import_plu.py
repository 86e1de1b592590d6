"""`manage.py import_plu PATH... [--member M] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe un document d’urbanisme CNIG (PLU, PLUi, carte communale, POS, PSMV) : dossier ou ZIP."
    source = "plu"
