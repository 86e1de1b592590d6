"""What is taken away: a table of owners, an extract for a third party. Made in memory and sent, never stored."""

from django.http import HttpResponse

from gis_core.database import clock as database_clock
from layers.owners.services.consulting import Consultation
from layers.owners.services.requests import Extract
from layers.owners.table import csv_bytes


def csv_file(consultation: Consultation) -> HttpResponse:
    return file_of(csv_bytes(consultation), "text/csv; charset=utf-8", f"proprietaires-{database_clock.today()}.csv")


def pdf_file(extract: Extract) -> HttpResponse:
    from layers.owners.extract import pdf

    return file_of(pdf(extract), "application/pdf", f"extrait-{extract.number}.pdf")


def file_of(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=content_type, headers=headers)
