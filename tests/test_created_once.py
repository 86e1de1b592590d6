"""What a program asks to be created twice under one `Idempotency-Key` is created once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from gis_core.members.rights import Role
from gis_core.models import ApiToken, Job, Membership, User
from layers.features.models import Attachment
from permits.models import Event, Permit
from tests import factories
from tests.layers.test_attachments import photo
from tests.page_forms import at_once
from tests.permits.conftest import made_world
from tests.permits.test_api import NEW

JSON = "application/json"
KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Case:
    """Who asks where for what, and of which kind it is."""

    user: User
    url: str
    body: dict[str, Any]
    kind: type[Model]
    file: bytes = b""
    more: dict[str, Any] = field(default_factory=dict)

    def send(self, key: str, **changed: Any) -> Any:
        client = Client(headers={"accept": JSON})
        client.force_login(self.user)
        body = self.body | changed
        if self.file:
            return client.post(
                self.url, body | {"file": SimpleUploadedFile("photo.jpg", self.file)}, headers={KEY: key}
            )
        return client.post(self.url, body, content_type=JSON, headers={KEY: key})

    def count(self) -> int:
        with factories.as_owner():
            return self.kind._base_manager.count()


def permit() -> Case:
    world = made_world()
    return Case(world.people[Role.PERMIT_INSTRUCTOR], "/api/v1/permits/", NEW, Permit)


def event() -> Case:
    world = made_world()
    body = {"what": "note", "on": "2026-01-06", "detail": {"text": "Appel"}}
    url = f"/api/v1/permits/{world.file().number}/events/"
    return Case(world.people[Role.PERMIT_INSTRUCTOR], url, body, Event)


def invitation() -> Case:
    world = made_world()
    body = {"email": "jeanne@example.fr", "role": Role.READER, "first_name": "Jeanne", "last_name": "Martin"}
    return Case(world.people[Role.GIS_ADMINISTRATOR], f"/api/v1/members/{world.member.slug}/people/", body, Membership)


def token() -> Case:
    return Case(factories.user(), "/api/v1/tokens/", {"name": "QGIS"}, ApiToken)


def export() -> Case:
    layer = factories.editable_layer(slug="lampes", visibility="owner")
    body = {"layers": [{"layer": "lampes"}], "format": "gpkg"}
    return Case(factories.user(layer.owner), "/api/v1/exports/", body, Job)


def attachment() -> Case:
    layer = factories.editable_layer(slug="lampes", visibility="owner")
    user = factories.user(layer.owner, Role.NETWORK_TECHNICIAN)
    url = f"/api/v1/layers/lampes/features/{factories.feature(layer)}/attachments/"
    return Case(user, url, {}, Attachment, file=photo())


CASES = (permit, event, invitation, token, export, attachment)


@pytest.mark.django_db
@pytest.mark.parametrize("make", CASES, ids=[make.__name__ for make in CASES])
def test_the_second_request_is_led_to_what_the_first_one_made(make: Callable[[], Case]) -> None:
    case, key = make(), str(uuid4())
    before = case.count()
    first, second = case.send(key), case.send(key)
    assert first.status_code in (201, 202), first.content.decode()
    assert (second.status_code, second["Location"]) == (303, first["Location"])
    assert case.count() - before == 1


@pytest.mark.django_db
def test_another_request_under_the_same_key_is_refused_in_words() -> None:
    case, key = permit(), str(uuid4())
    first = case.send(key)
    refused = case.send(key, filed_date="2026-01-06")
    assert (refused.status_code, refused.json()["location"]) == (409, first["Location"])
    assert "autre clé" in refused.json()["detail"]
    assert case.count() == 1


@pytest.mark.django_db
def test_a_refused_request_may_be_sent_again_under_its_key() -> None:
    case, key = permit(), str(uuid4())
    assert case.send(key, insee="nulle part").status_code == 400
    assert case.send(key).status_code == 201


@pytest.mark.django_db
def test_what_is_no_key_is_refused_in_words() -> None:
    refused = permit().send("un")
    assert (refused.status_code, refused.json()["detail"]) == (400, "« Idempotency-Key » doit être un UUID.")


@pytest.mark.parametrize("make", [permit, invitation], ids=lambda make: make.__name__)
def test_two_requests_at_the_same_moment_make_one(database: str, make: Callable[[], Case]) -> None:
    case, key = make(), str(uuid4())
    before = case.count()
    answers = at_once(*[lambda: case.send(key)] * 2)
    assert sorted(answer.status_code for answer in answers) == [201, 303]
    assert case.count() - before == 1


WITHOUT_KEY = {
    # What a campaign does next: its state refuses it a second time. Scans: one that waits or runs is not begun anew.
    # A job that is stopped twice is stopped.
    "campaign_build",
    "job_stop",
    "network_anomalies_act",
}


@pytest.mark.django_db
def test_every_address_that_creates_takes_a_key() -> None:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    posts = [path["post"] for path in paths.values() if "post" in path]
    creating = [one for one in posts if {"201", "202"} & set(one["responses"])]
    without = {
        one["operationId"] for one in creating if KEY not in {given["name"] for given in one.get("parameters", ())}
    }
    assert without == WITHOUT_KEY
