"""A table as a file to keep: CSV, XLSX or ODS."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.opendocument import ODS, opendocument_file
from gis_core.files.writing.rows import Column
from gis_core.files.writing.wire import MEDIA_TYPES, FileLayer
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.files import file_response

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = MEDIA_TYPES["xlsx"]
type Table = tuple[Sequence[Column], Iterable[Sequence[Any]]]


def workbook_file(table: Table, title: str) -> bytes:
    """The bytes of a workbook of one sheet."""
    from gis_core.files.writing.workbook import Workbook

    columns, rows = table
    content = BytesIO()
    book = Workbook(content)
    book.write(FileLayer(name=title, title=title, columns=columns), iter([list(rows)]))
    book.close()
    return content.getvalue()


FORMATS: Final[Mapping[str, tuple[str, Callable[[Table, str], bytes]]]] = {
    "csv": (CSV, lambda table, _title: csv_file(*table)),
    "xlsx": (XLSX, workbook_file),
    "ods": (ODS, lambda table, title: opendocument_file(*table, title)),
}
"""By suffix: the media type, and what gives the bytes of a table with its title."""


@limit_concurrency(TABLE)
def answer_table(table: Table, suffix: str, title: str, name: str) -> HttpResponse:
    """A table as a file called `name`.`suffix`. Raises Invalid for a suffix that is none of `FORMATS`."""
    if suffix not in FORMATS:
        raise Invalid(_("A table is a CSV, XLSX or ODS file."), parameter="format")
    media_type, content_of = FORMATS[suffix]
    return file_response(content_of(table, title), media_type, f"{name}.{suffix}")
