"""The pages of the administration: French throughout, and the queue's own rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import translation

from gis_core.members import people
from gis_core.models import User
from tests import factories
from tests.policy.administration import person

pytestmark = pytest.mark.django_db
QUEUE = "/administration/procrastinate/procrastinatejob/"
HTML = {"accept": "text/html"}
# Spelled alike in both languages.
SAME = {
    *("catalogue", "commune", "communes", "compression", "licence", "message", "population", "siren", "table"),
    *("source", "type", "version"),
}


@pytest.fixture
def agency() -> User:
    return factories.user(factories.member(), "agency_administrator")


@pytest.fixture
def queued() -> int:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_jobs (queue_name, task_name) values ('q', 'essai') returning id")
        return int(cursor.fetchone()[0])


def words_of(page: Any, request: Any) -> Iterator[tuple[str, str]]:
    """Every name that one model's pages show, with where it comes from."""
    options = page.model._meta
    yield options.label, str(options.verbose_name)
    yield f"{options.label} s", str(options.verbose_name_plural)
    yield options.app_label, str(apps.get_app_config(options.app_label).verbose_name)
    typed = page.form.base_fields
    for name in {*page.get_list_display(request), *flatten_fieldsets(page.get_fieldsets(request))}:
        yield (
            f"{options.label}.{name}",
            str(typed[name].label if name in typed else label_for_field(name, page.model, page)),
        )
    for name, action in page.get_actions(request).items():
        yield f"{options.label}:{name}", str(action.description)
    for inline in page.get_inline_instances(request):
        yield from fields_below(inline, request)


def fields_below(inline: Any, request: Any) -> Iterator[tuple[str, str]]:
    for name in flatten_fieldsets(inline.get_fieldsets(request)):
        yield f"{inline.model._meta.label}.{name}", str(label_for_field(name, inline.model, inline))


def words_in(language: str, request: Any) -> dict[str, str]:
    with translation.override(language):
        return {place: words for page in admin.site._registry.values() for place, words in words_of(page, request)}


def test_no_name_in_the_administration_is_left_in_english(agency: User) -> None:
    request = RequestFactory().get("/administration/")
    request.user = User.objects.get(pk=agency.pk)
    french, english = words_in("fr", request), words_in("en", request)
    left = {place: words for place, words in french.items() if words == english[place] and words.lower() not in SAME}
    assert not left


def test_the_pages_of_the_queue_are_in_french(client: Client, agency: User, queued: int) -> None:
    client.force_login(agency)
    listed = client.get(QUEUE, headers=HTML).content.decode()
    shown = client.get(f"{QUEUE}{queued}/change/", headers=HTML).content.decode()
    assert "En attente" in listed
    assert "Mise dans la file" in shown
    for english in ("rocrastinate job", "Status", "todo<", "deferred", "Retry"):
        assert english not in listed + shown


def test_the_queue_is_filtered_by_state(client: Client, agency: User, queued: int) -> None:
    client.force_login(agency)
    waiting, failed = (
        client.get(f"{QUEUE}?status={state}", headers=HTML).context["cl"] for state in ("todo", "failed")
    )
    assert (waiting.result_count, failed.result_count) == (1, 0)


LAST = "dernier administrateur de l’agence"


def close_account(client: Client, account: User) -> str:
    """Untick "active" on the page of an account and save; what the page says, nothing where it is done."""
    body = person(account)
    del body["is_active"]
    answer = client.post(f"/administration/gis_core/user/{account.pk}/change/", body, headers=HTML)
    return "" if answer.status_code == 302 else answer.content.decode()


@contextmanager
def losing_right_meanwhile(account: User) -> Iterator[None]:
    """Whoever held the lock on people before the form that waits for it has made this account a reader's."""
    lock = people.lock_people

    def lock_late() -> None:
        lock()
        with factories.as_owner():
            account.memberships.update(role="reader")

    with patch.object(people, "lock_people", lock_late):
        yield


def test_the_account_of_the_last_administrator_of_the_agency_is_not_closed(client: Client, agency: User) -> None:
    last = factories.user(factories.member(), "agency_administrator")
    client.force_login(agency)
    with losing_right_meanwhile(agency):
        assert LAST in close_account(client, last)
    assert User.objects.get(pk=last.pk).is_active


def test_the_account_of_an_administrator_is_closed_when_another_stays(client: Client, agency: User) -> None:
    other = factories.user(factories.member(), "agency_administrator")
    client.force_login(agency)
    assert close_account(client, other) == ""
    assert not User.objects.get(pk=other.pk).is_active


def retention(*rows: dict[str, str]) -> dict[str, Any]:
    """What the form of a member sends with these new rows of its retention times."""
    fields = {f"retention_times-{rank}-{name}": value for rank, row in enumerate(rows) for name, value in row.items()}
    return {"retention_times-TOTAL_FORMS": len(rows), "retention_times-INITIAL_FORMS": 0, **fields}


DUA = {"kind": "permit", "years": "12", "source": "Tableau de gestion du 12/03/2024"}


def test_how_long_a_member_keeps_its_documents_is_entered_with_its_source(client: Client, agency: User) -> None:
    member = factories.member(factories.commune("45901"))
    client.force_login(agency)
    page = f"/administration/gis_core/member/{member.pk}/change/"
    typed = {"name": member.name, "slug": member.slug, "siren": member.siren, "kind": "epci", "insee_codes": "45901"}
    assert client.post(page, typed | retention(DUA), headers=HTML).status_code == 302
    with factories.as_owner():
        assert list(member.retention_times.values_list("kind", "years", "source")) == [("permit", 12, DUA["source"])]


@pytest.mark.parametrize("rows", [
    [DUA | {"source": ""}], [DUA | {"years": "0"}], [DUA | {"years": ""}], [DUA | {"years": "201"}], [DUA, DUA],
    [DUA | {"kind": "other"}],
])  # fmt: skip
def test_a_retention_time_that_makes_no_sense_is_refused(
    client: Client, agency: User, rows: list[dict[str, str]]
) -> None:
    member = factories.member(factories.commune("45901"))
    client.force_login(agency)
    page = f"/administration/gis_core/member/{member.pk}/change/"
    typed = {"name": member.name, "slug": member.slug, "siren": member.siren, "kind": "epci", "insee_codes": "45901"}
    assert client.post(page, typed | retention(*rows), headers=HTML).status_code == 200
    with factories.as_owner():
        assert not member.retention_times.exists()


def test_a_waiting_task_is_cancelled_from_the_list(client: Client, agency: User, queued: int) -> None:
    client.force_login(agency)
    client.post(QUEUE, {"action": "cancel", "_selected_action": queued}, headers=HTML)
    with connection.cursor() as cursor:
        cursor.execute("select status::text from procrastinate_jobs where id = %s", [queued])
        assert cursor.fetchone() == ("cancelled",)


def test_a_missing_form_token_is_told_in_french_by_the_api_too(agency: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agency)
    answer = client.post("/api/v1/tokens/", {"name": "qgis"}, "application/json", headers={"accept-language": "fr"})
    assert answer.status_code == 403
    assert "jeton de sécurité" in answer.json()["detail"]
