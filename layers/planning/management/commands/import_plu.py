"""`manage.py import_plu PATH... [--member M] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe un document d’urbanisme CNIG (PLU, PLUi, carte communale, POS, PSMV) : dossier ou ZIP."
    source = "plu"
