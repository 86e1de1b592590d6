"""Loading the demo territory into the database."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from demo.seed import seed_demo
from gis_core.members.rights import Role
from gis_core.models import Commune, HistoryEvent, Member, Membership, User
from layers.cadastre.models import Address, Building, Parcel, Road, Section
from tests import factories
from tests.module_rows import check_references, module_transaction

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EDITED = ("street-lights", "cycle-paths", "green-areas")


def seed(folder: Path) -> bool:
    with factories.as_owner():
        return seed_demo(data_dir=folder, say=lambda _line: None)


def accounts(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "demo-accounts.json").read_text())
    return found


def counts() -> list[int]:
    return [model.objects.count() for model in (Commune, Section, Parcel, Building, Road, Address, Member)]


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, bool]]:
    """The folder of a demo that is in the database, and whether rows were loaded."""
    folder = tmp_path_factory.mktemp("demo")
    with module_transaction(django_db_blocker):
        loaded_rows = seed(folder)
        check_references()
        yield folder, loaded_rows


def test_seeding_loads_once_and_repairs_accounts(seeded: tuple[Path, bool], client: Client) -> None:
    folder, loaded_rows = seeded
    assert loaded_rows is True
    loaded = counts()
    assert loaded[0] == 6
    assert loaded[2] > 5000
    assert loaded[6] == 3
    with factories.as_owner():
        assert HistoryEvent.objects.filter(kind="demo").count() == 1

    first = accounts(folder)
    assert {account["role"] for account in first} == set(Role.values)
    assert stat.S_IMODE((folder / "demo-accounts.json").stat().st_mode) == 0o600
    with factories.as_owner():
        User.objects.filter(username=first[0]["username"]).update(password="!")
        User.objects.filter(username=first[1]["username"]).delete()

    assert seed(folder) is False
    assert counts() == loaded
    assert accounts(folder) == first
    assert all(User.objects.get(username=one["username"]).check_password(one["password"]) for one in first[:2])
    assert Membership.objects.count() == len(first)
    found = client.get("/api/v1/search/", {"q": "Saint-Aubin-du-Lys"}).json()["results"]
    assert found[0]["kind"] == "commune"


def test_seeding_makes_layers_to_edit_once_and_leaves_what_people_did(
    seeded: tuple[Path, bool], client: Client
) -> None:
    folder, _loaded_rows = seeded
    rows = {slug: client.get(f"/api/v1/layers/{slug}/features/").json()["number_matched"] for slug in EDITED}
    assert all(count >= 200 for count in rows.values()), rows
    technician = User.objects.get(username="reseaux.lys")
    client.force_login(technician)
    assert all(client.get(f"/api/v1/layers/{slug}/").json()["can_edit"] for slug in EDITED)
    body = {"edits": [{"action": "delete", "id": 1, "version": 1}]}
    assert client.post("/api/v1/layers/green-areas/edits/", body, content_type="application/json").status_code == 200
    seed(folder)
    assert client.get("/api/v1/layers/green-areas/features/").json()["number_matched"] == rows["green-areas"] - 1
