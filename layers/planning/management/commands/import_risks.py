"""`manage.py import_risks PATH... [--member M] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe un plan de prévention des risques CNIG : GeoPackage, dossier ou ZIP."
    source = "risks"
