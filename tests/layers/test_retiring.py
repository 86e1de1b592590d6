"""Layers that are archived, deleted, changed together: who sees them then, what goes, what is refused."""

import re
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from gis_core import tasks as jobs
from gis_core.database.statements import fetch_all
from gis_core.members.rights import SYSTEM, acting_as, rights_of
from gis_core.models import Job, Member
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services.attachments import path_of
from layers.features.tasks import put_rules_in_place
from layers.settings.tasks import delete_with_objects, put_key_in_place
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = {"accept": "text/html"}


@pytest.fixture
def owner() -> Member:
    return factories.member(factories.commune())


@pytest.fixture
def layer(owner: Member) -> Layer:
    return factories.editable_layer(owner, slug="lampes", title="Lampes", visibility="public")


@pytest.fixture
def administrator(client: Client, owner: Member) -> Client:
    client.force_login(factories.user(owner, "gis_administrator"))
    return client


def now(slug: str = "lampes") -> Layer:
    with acting_as(SYSTEM):
        return Layer.objects.get(slug=slug)


def count_rows(layer: Layer, user: Any) -> int:
    with acting_as(rights_of(user)):
        ((count,),) = fetch_all(f'select count(*) from "{layer.table}"', {})
    return int(count)


def tags(client: Client) -> dict[str, str]:
    page = client.get("/couches/", headers=PAGE).content.decode()
    return dict(re.findall(r'name="layer" value="([\w-]+):(\w+)"', page))


def send(client: Client, chosen: dict[str, str], **values: str) -> Any:
    return client.post("/couches/", {"layer": [f"{slug}:{tag}" for slug, tag in chosen.items()], **values})


def test_an_archived_layer_is_seen_by_its_administrators_alone(
    administrator: Client, owner: Member, layer: Layer
) -> None:
    factories.feature(layer, Point(617_000, 6_717_000, srid=2154))
    reader = factories.user(owner, "reader")
    admin = factories.user(owner, "gis_administrator")
    assert administrator.post("/couches/lampes/archiver/", {"archived": "1"}).status_code == 302
    assert now().archived_at is not None
    for rights in (rights_of(reader), rights_of(admin), SYSTEM):
        with acting_as(rights):
            assert not Layer.objects.visible_to(rights).filter(slug="lampes").exists()
    assert (count_rows(layer, reader), count_rows(layer, admin)) == (0, 1)
    assert "Archivée" in administrator.get("/couches/", headers=PAGE).content.decode()
    assert administrator.get("/couches/lampes/", headers=PAGE).status_code == 200
    administrator.post("/couches/lampes/archiver/", {"archived": "0"})
    assert now().archived_at is None
    assert count_rows(layer, reader) == 1


def test_a_layer_of_arpent_is_neither_archived_nor_deleted(administrator: Client, owner: Member) -> None:
    factories.layer("parcelles-a-nous", owner=owner)
    assert administrator.post("/couches/parcelles-a-nous/archiver/", {"archived": "1"}).status_code == 409
    assert administrator.post("/couches/parcelles-a-nous/supprimer/", {"name": "x"}).status_code == 409
    assert now("parcelles-a-nous").archived_at is None


def test_a_layer_goes_with_its_objects_once_its_name_is_typed(
    administrator: Client, layer: Layer, django_capture_on_commit_callbacks: Any
) -> None:
    feature = factories.feature(layer, Point(617_000, 6_717_000, srid=2154))
    with factories.as_owner():
        photo = Attachment.objects.create(layer=layer, feature=feature, title="x", size_bytes=1, width=1, height=1)
    path_of(photo).parent.mkdir(parents=True)
    path_of(photo).write_bytes(b"x")
    page = administrator.get("/couches/lampes/supprimer/", headers=PAGE).content.decode()
    assert "1 objet" in page
    assert administrator.post("/couches/lampes/supprimer/", {"name": "Lampe"}).status_code == 400
    assert not Job.objects.filter(kind="delete_layer").exists()
    assert administrator.post("/couches/lampes/supprimer/", {"name": "lampes "}).status_code == 302
    with acting_as(SYSTEM):
        job = Job.objects.get(kind="delete_layer")
    with factories.as_worker(), django_capture_on_commit_callbacks(execute=True):
        jobs.run(job, delete_with_objects)
    with acting_as(SYSTEM):
        assert not Layer.objects.filter(slug="lampes").exists()
        assert not Attachment.objects.exists()
        assert fetch_all("select to_regclass(%s)", [f"public.{layer.table}"]) == [(None,)]
        job.refresh_from_db()
    assert (job.state, job.report["objects"]) == ("done", 1)
    assert not path_of(photo).parent.exists()


def test_several_layers_are_changed_at_once(administrator: Client, owner: Member, layer: Layer) -> None:
    factories.editable_layer(owner, slug="bancs", visibility="owner")
    response = send(administrator, tags(administrator), several_visibility="signed_in", several_at_first="0")
    assert response.status_code == 302
    assert {(one.visibility, one.visible_at_first) for one in (now(), now("bancs"))} == {("signed_in", False)}
    send(administrator, tags(administrator), several_archived="1")
    assert now().archived_at
    assert now("bancs").archived_at


def test_all_of_several_layers_change_or_none(administrator: Client, owner: Member, layer: Layer) -> None:
    factories.editable_layer(owner, slug="bancs", visibility="owner")
    known = tags(administrator)
    with factories.as_owner():
        Layer.objects.filter(slug="lampes").update(visible_at_first=False)
    response = send(administrator, known, several_visibility="signed_in")
    assert response.status_code == 400
    assert "Lampes :" in response.content.decode()
    assert (now().visibility, now("bancs").visibility) == ("public", "owner")


def test_a_change_of_no_layer_is_told(administrator: Client, layer: Layer) -> None:
    assert "au moins une couche" in send(administrator, {}, several_at_first="1").content.decode()


def test_layers_of_others_do_not_change(administrator: Client, layer: Layer) -> None:
    factories.editable_layer(factories.member(factories.commune("45902")), slug="ailleurs", visibility="public")
    assert send(administrator, {"ailleurs": "x"}, several_at_first="0").status_code == 400
    assert now("ailleurs").visible_at_first


@pytest.mark.parametrize(
    ("kind", "work"), [("layer_key", put_key_in_place), ("layer_rules", put_rules_in_place)], ids=["key", "rules"]
)
def test_the_settings_of_an_archived_layer_still_change(
    administrator: Client, owner: Member, layer: Layer, kind: str, work: Any
) -> None:
    administrator.post("/couches/lampes/archiver/", {"archived": "1"})
    started_by = factories.user(owner, "gis_administrator")
    parameters = {"layer": layer.pk, "column": "name", "rules": []}
    with acting_as(SYSTEM):
        job = Job.objects.create(kind=kind, owner=owner, started_by=started_by, parameters=parameters)
    with factories.as_worker():
        jobs.run(job, work)
    with acting_as(SYSTEM):
        job.refresh_from_db()
    assert job.state == "done", job.message
