from datetime import date

import pytest
from django.db import connection

from benchmarks import permits
from benchmarks.rows import exit_code
from benchmarks.territory import insee_of
from permits.models import Event, Permit
from permits.numbers import Number
from permits.procedure import OPEN
from permits.services.reading import refresh
from tests import factories

DAY = date(2026, 11, 25)


def test_every_figure_promises_what_was_agreed():
    rows = [permits.SWEEP, *permits.empty_page_rows(), *permits.empty_tile_rows()]
    assert [row.promise for row in rows] == ["≤ 60 s", "≤ 300 ms", "≤ 200 ms", "≤ 300 ms", "≤ 300 ms", *["≥ 0.8 x"] * 4]


def test_figures_that_could_not_be_measured_fail_the_command():
    assert exit_code(permits.empty_page_rows()) == 1


def test_the_same_addresses_are_asked_at_every_run():
    asked = permits.addresses("/permis/", permits.BOARDS, 50)
    assert asked == permits.addresses("/permis/", permits.BOARDS, 50)
    assert len(asked) == 50 + permits.WARMING
    assert not any("{" in one for one in asked)


@pytest.mark.django_db
def test_files_are_numbered_and_the_open_ones_are_as_their_events_make_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(permits, "FILES", 60)
    monkeypatch.setattr(permits, "OPEN_FILES", 20)
    monkeypatch.setattr(permits, "SHARES", (2, 1, 1, 1))
    monkeypatch.setattr(permits, "INSTRUCTORS", 3)
    for rank in range(5):
        factories.commune(insee_of(rank))
        for number in range(1, 14):
            factories.parcel(insee_of(rank), "AB", f"{number:04d}")
    with factories.as_owner():
        members = [permits.member_of(rank) for rank in range(len(permits.SHARES))]
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        permits.fill(members, DAY)
        files = list(Permit.objects.all())
        assert len(files) == 60
        assert all(
            str(Number.parse(one.number)) and one.number[3:8] == f"{one.insee[:2]}{one.insee[2:]}" for one in files
        )
        opened = [one for one in files if one.state in OPEN]
        assert len(opened) >= 15
        assert not any(refresh(one, DAY) for one in opened)
        assert Event.objects.filter(what="filed").count() == 60
        assert {one.owner_id for one in files} == {one.pk for one in members}
