"""Answers that are files: their names, what a browser does with them, who has them already."""

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from gis_core.http.files import file_headers, file_response, serve_stored_file


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("pei-2026-02-01.csv", 'attachment; filename="pei-2026-02-01.csv"'),
        ("Mâcon.pdf", "attachment; filename*=utf-8''M%C3%A2con.pdf"),
        ('a"b.pdf', r'attachment; filename="a\"b.pdf"'),
        ("a\r\nSet-Cookie: x.pdf", "attachment; filename*=utf-8''a%0D%0ASet-Cookie%3A%20x.pdf"),
    ],
)
def test_a_name_stays_a_name_whatever_is_in_it(name: str, disposition: str) -> None:
    assert file_headers(name, "text/csv")["Content-Disposition"] == disposition


def test_a_file_is_saved_unless_it_may_be_opened() -> None:
    public = file_headers("a.ics", "text/calendar", inline=True, cache="public, max-age=60")
    assert (public["Content-Disposition"], public["Cache-Control"]) == (
        'inline; filename="a.ics"',
        "public, max-age=60",
    )
    answer = file_response(b"a;b", "text/csv; charset=utf-8", "a.csv")
    assert (answer["Content-Disposition"], answer["X-Content-Type-Options"]) == (
        'attachment; filename="a.csv"',
        "nosniff",
    )
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "private, no-store")


def stored(path: Path, *, active: bool = False, **headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers)
    return serve_stored_file(request, path.open("rb"), "application/pdf", "plan.pdf", etag="sum", active=active)


def test_a_stored_file_is_sent_once_to_who_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "name-on-the-disk"
    path.write_bytes(b"%PDF-1.7")
    first = stored(path)
    assert (b"".join(first.streaming_content), first["ETag"]) == (b"%PDF-1.7", '"sum"')
    assert first["Content-Disposition"] == 'inline; filename="plan.pdf"'
    first.file_to_stream.close()
    again = stored(path, **{"If-None-Match": '"sum"'})
    assert (again.status_code, again["ETag"], again["Cache-Control"]) == (304, '"sum"', "private, no-cache")


def test_a_file_that_may_act_is_saved_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "name-on-the-disk"
    path.write_bytes(b"%PDF-1.7")
    answer = stored(path, active=True)
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer._csp_config["sandbox"] is True
    answer.file_to_stream.close()
