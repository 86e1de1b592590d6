"""What is taken away: a table of owners, an extract for a third party. Made in memory and sent, never stored."""

from django.http import HttpResponse

from gis_core.database import clock as database_clock
from gis_core.http.downloads import download_headers
from layers.owners.services.consulting import Consultation
from layers.owners.services.requests import Extract
from layers.owners.table import csv_bytes


def csv_file(consultation: Consultation) -> HttpResponse:
    headers = download_headers(f"proprietaires-{database_clock.today()}.csv", "text/csv; charset=utf-8")
    return HttpResponse(csv_bytes(consultation), headers=headers)


def pdf_file(extract: Extract) -> HttpResponse:
    from layers.owners.extract import pdf

    return HttpResponse(pdf(extract), headers=download_headers(f"extrait-{extract.number}.pdf", "application/pdf"))
