"""`manage.py import_communes PATH... [--member M] [--report FILE.json]`."""

from layers.intake.reference_command import ReferenceImportCommand


class Command(ReferenceImportCommand):
    help = "Importe les communes (contours et liste officielle) et les EPCI, qui deviennent des membres."
    source = "communes"
