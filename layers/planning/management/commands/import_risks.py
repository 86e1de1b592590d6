"""`manage.py import_risks PATH... [--member M] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe un plan de prévention des risques CNIG : GeoPackage, dossier ou ZIP."
    source = "risks"
