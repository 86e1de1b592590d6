"""`manage.py import_communes PATH... [--member M] [--report FILE.json]`."""

from layers.intake.command import ImportCommand


class Command(ImportCommand):
    help = "Importe les communes (contours et liste officielle) et les EPCI, qui deviennent des membres."
    source = "communes"
