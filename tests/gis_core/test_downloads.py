"""The headers of answers that are files."""

import pytest
from django.http import HttpResponse

from gis_core.http.downloads import download_headers


def test_a_file_is_saved_under_its_name_and_kept_by_no_cache() -> None:
    answer = HttpResponse(b"a;b", headers=download_headers("permis-2026-02-01.csv", "text/csv; charset=utf-8"))
    assert {name: answer[name] for name in answer.headers} == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="permis-2026-02-01.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("équipements d’eau.csv", "attachment; filename*=utf-8''%C3%A9quipements%20d%E2%80%99eau.csv"),
        ('a"b.csv', r'attachment; filename="a\"b.csv"'),
        ("a\r\nX-Evil: 1.csv", "attachment; filename*=utf-8''a%0D%0AX-Evil%3A%201.csv"),
    ],
)
def test_any_name_is_written_as_rfc_6266_asks(name: str, written: str) -> None:
    assert download_headers(name, "text/csv")["Content-Disposition"] == written


def test_what_browsers_show_and_what_caches_may_keep_are_said() -> None:
    headers = download_headers("arpent.ics", "text/calendar", inline=True, cache="public, max-age=60")
    assert (headers["Content-Disposition"], headers["Cache-Control"]) == (
        'inline; filename="arpent.ics"',
        "public, max-age=60",
    )
