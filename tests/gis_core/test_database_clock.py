"""The instant and the day are the database's, whatever the clock of the process says."""

import os
import subprocess
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, connection, transaction

from gis_core.database import clock as database_clock
from gis_core.fields import current_instant
from gis_core.models import ApiToken, User
from gis_core.operations import fake_clock
from gis_core.operations.environment import PYTHON, ROOT
from gis_core.tokens import authentication as identity
from gis_core.tokens import services as tokens
from tests import factories

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=1)


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
        return told


@pytest.fixture
def person() -> User:
    return factories.user(factories.member())


def test_the_instant_is_the_databases(wrong_clock: timedelta) -> None:
    assert abs(database_clock.now() - database_now()) < SOON
    assert database_clock.now().tzinfo is UTC


def test_the_instant_goes_on_within_a_transaction() -> None:
    first = database_clock.now()
    database_clock.forget()
    assert first < database_clock.now()


def test_the_database_is_asked_again_after_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monotonic, answer = [100.0], datetime(2026, 11, 29, 12, tzinfo=UTC)
    monkeypatch.setattr(database_clock, "ask", lambda: asked.append(1) or answer)
    monkeypatch.setattr("gis_core.database.clock.time.monotonic", lambda: monotonic[0])
    assert database_clock.now() == answer
    monotonic[0] += 10
    assert (database_clock.now(), len(asked)) == (answer + timedelta(seconds=10), 1)
    monotonic[0] += 1
    assert (database_clock.now(), len(asked)) == (answer, 2)


def test_a_transaction_that_failed_is_not_asked_for_nothing() -> None:
    """The instant is known already, so that words about the failure can have a date."""
    first = database_clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DataError):
            cursor.execute("select 1 / 0")
        assert database_clock.now() > first
        transaction.set_rollback(True)


def test_the_instant_is_known_while_rows_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be asked on a connection that copies rows."""
    first = database_clock.now()
    monkeypatch.setattr(database_clock, "TRUSTED_S", 0)
    with connection.cursor() as cursor, cursor.copy("copy (select 1) to stdout") as rows:
        assert database_clock.now() > first
        assert len(list(rows)) == 1


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-29 23:30", date(2026, 11, 30)),
        ("2026-07-01 21:59", date(2026, 7, 1)),
        ("2026-07-01 22:30", date(2026, 7, 2)),
        ("2026-12-31 23:30", date(2027, 1, 1)),
        ("2028-02-29 12:00", date(2028, 2, 29)),
        ("2028-02-29 23:30", date(2028, 3, 1)),
        ("2027-03-28 00:59", date(2027, 3, 28)),
        ("2027-03-27 22:59", date(2027, 3, 27)),
        ("2027-10-31 01:01", date(2027, 10, 31)),
        ("2027-10-30 22:30", date(2027, 10, 31)),
    ],
)
def test_the_day_is_that_of_paris(instant: str, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_clock, "now", lambda: datetime.fromisoformat(instant).replace(tzinfo=UTC))
    assert database_clock.today() == day


@pytest.mark.true_clock
@pytest.mark.parametrize("seconds", [-86_400, 3_600])
def test_a_process_whose_clock_is_wrong_has_the_databases_instant(seconds: int) -> None:
    """A real one: libfaketime moves all its clocks."""
    script = (
        "import django, time; django.setup(); from gis_core.database import clock;"
        "print(clock.now().timestamp(), time.time())"
    )
    env = (
        os.environ | fake_clock.environment_with_offset(seconds) | {"ARPENT_DB_NAME": connection.settings_dict["NAME"]}
    )
    done = subprocess.run([str(PYTHON), "-c", script], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    told, own = map(float, done.stdout.split())
    assert abs(told - database_now().timestamp()) < 60
    assert abs(own - told - seconds) < 60


# -- what is dated ----------------------------------------------------------------------------------------------------


def test_a_token_is_made_used_and_ended_by_the_databases_clock(person: User, wrong_clock: timedelta) -> None:
    token, secret = tokens.create_token(user=person, name="QGIS", last_date=database_clock.today())
    assert identity.user_of_token(secret) == person
    token.refresh_from_db()
    assert abs(token.created_at - database_now()) < SOON
    assert token.last_used_at is not None
    assert abs(token.last_used_at - database_now()) < SOON
    tokens.revoke_token(user=person, token_id=token.pk)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert abs(token.revoked_at - database_now()) < SOON


@pytest.mark.parametrize(("minutes", "opens"), [(1, True), (-1, False)])
def test_a_token_opens_until_the_database_says_that_it_is_over(
    person: User, wrong_clock: timedelta, minutes: int, opens: bool
) -> None:
    token, secret = tokens.create_token(user=person, name="QGIS")
    ApiToken.objects.filter(pk=token.pk).update(expires_at=database_now() + timedelta(minutes=minutes))
    assert (identity.user_of_token(secret) is not None) is opens
    token.refresh_from_db()
    assert token.is_over is not opens


def test_every_field_that_is_filled_with_the_instant_is_filled_by_the_databases(wrong_clock: timedelta) -> None:
    from django.apps import apps

    ours: list[Any] = [
        field
        for model in apps.get_models()
        for field in model._meta.fields
        if field.default is current_instant and not field.editable
    ]
    assert len(ours) >= 25
    assert all(abs(field.get_default() - database_now()) < SOON for field in ours)
