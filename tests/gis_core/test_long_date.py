"""The first of a month is « 1er » in French pages."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize(
    ("language", "value", "pattern", "expected"),
    [
        ("fr", date(2026, 12, 1), "j F Y", "1er décembre 2026"),
        ("fr", date(2026, 12, 11), "j F Y", "11 décembre 2026"),
        ("fr", datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "j F Y H:i", "1er décembre 2026 00:30"),
        ("en", date(2026, 12, 1), "j F Y", "1 December 2026"),
        ("fr", date(2026, 12, 1), "j N Y", "1er déc. 2026"),
        ("fr", date(2026, 12, 1), "l j F", "mardi 1er décembre"),
        ("fr", date(2026, 12, 21), "j N", "21 déc."),
        ("fr", datetime(2026, 12, 1, 0, 1, tzinfo=UTC), "j N H:i", "1er déc. 01:01"),
        ("fr", None, "j F Y", ""),
    ],
)
def test_a_day_is_written_in_full(language: str, value: Any, pattern: str, expected: str) -> None:
    template = Template(f'{{{{ value|long_date:"{pattern}" }}}}')
    with translation.override(language):
        assert template.render(Context({"value": value})) == expected


def test_no_template_and_no_function_writes_a_day_without_it() -> None:
    raw = re.compile(r"""\|date:["'][^"']*\bj [FN]|date_format\([^\n]*["'][^"']*\bj [FN]""")
    files = [
        path
        for app in ("gis_core", "layers", "networks", "orthophoto", "permits", "simulation", "tiles")
        for path in (settings.BASE_DIR / app).rglob("*")
        if path.suffix in (".html", ".txt", ".py") and path.name != "long_dates.py"
    ]
    assert len(files) > 1000
    assert [str(path) for path in files if raw.search(path.read_text("utf-8"))] == []
