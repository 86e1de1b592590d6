"""What a sheet had written in part when its build was stopped."""

from pathlib import Path
from typing import Any

import pytest

from gis_core.jobs.points import TASKS
from gis_core.members.rights import SYSTEM, acting_as
from orthophoto.services import building
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_a_stopped_sheet_had_written_goes_and_nothing_else(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path
    campaign = factories.campaign(state="stopped", sheets=("found", "built"))
    with acting_as(SYSTEM):
        sheet, other = campaign.sheets.order_by("rank")
    folder = building.build_folder(campaign)
    halves = [folder / f"{sheet.name}.{ending}" for ending in ("part.tif", "part.copy.tif", "part.tif.ovr.tmp")]
    kept = [folder / f"{sheet.name}.tif", folder / f"{other.name}.part.tif", folder / f"{other.name}.tif"]
    for path in (*halves, *kept):
        path.write_bytes(b"x")
    with factories.as_worker():
        stopped = TASKS.get(building.BUILD_SHEET).stopped
        stopped({"sheet_id": sheet.pk, "build": campaign.build + 1})
        assert all(path.exists() for path in halves)
        stopped({"sheet_id": sheet.pk, "build": campaign.build})
    assert [path for path in halves if path.exists()] == []
    assert all(path.exists() for path in kept)
