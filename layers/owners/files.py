"""What is taken away: a table of owners, an extract for a third party. Made in memory and sent, never stored."""

from django.http import HttpResponse

from gis_core.database import clock as database_clock
from gis_core.http.files import file_response
from layers.owners.services.consulting import Consultation
from layers.owners.services.requests import Extract
from layers.owners.table import csv_bytes


def csv_file(consultation: Consultation) -> HttpResponse:
    name = f"proprietaires-{database_clock.today()}.csv"
    return file_response(csv_bytes(consultation), "text/csv; charset=utf-8", name)


def pdf_file(extract: Extract) -> HttpResponse:
    from layers.owners.extract import pdf

    return file_response(pdf(extract), "application/pdf", f"extrait-{extract.number}.pdf")
