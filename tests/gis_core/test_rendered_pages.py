"""Pages that ask the database while they render, seen as the server gives them: outside a test's transaction."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib import admin
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import reverse

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import User
from tests import factories

HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def _django_db_helper(database: str) -> None:
    """In the place of pytest-django's: a database whose rows other connections see."""


@pytest.fixture
def agency() -> User:
    with acting_as(SYSTEM), transaction.atomic():
        member = factories.member()
        factories.job(member, state="running")
        return factories.user(member, "agency_administrator")


def test_every_list_and_form_of_the_administration_answers(agency: User) -> None:
    client = Client()
    client.force_login(agency)
    wrong = {}
    for model, page in admin.site._registry.items():
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths = [reverse(f"{address}_changelist")]
        with acting_as(SYSTEM), transaction.atomic():
            first = model._default_manager.first()
        if first is not None:
            paths.append(reverse(f"{address}_change", args=[first.pk]))
        wrong |= {path: status for path in paths if (status := client.get(path, headers=HTML).status_code) != 200}
        assert page.model is model
    assert not wrong


@pytest.mark.parametrize("path", ["/compte/connexion/", "/"])
def test_pages_of_accounts_answer(path: str) -> None:
    assert Client().get(path, headers=HTML, follow=True).status_code == 200


def test_the_document_of_the_api_is_whole_for_the_first_who_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_core.api import schema_urls

    monkeypatch.setattr(schema_urls, "_made", {})

    def asked(rank: int) -> tuple[int, Any]:
        try:
            answer = Client(raise_request_exception=False).get(
                "/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"}
            )
            return answer.status_code, len(json.loads(answer.content)["paths"])
        finally:
            close_old_connections()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(asked, range(6)))
    assert {status for status, _paths in answers} == {200}
    assert len({paths for _status, paths in answers}) == 1
