"""What was uploaded does not stay longer than its job."""

from pathlib import Path
from typing import Any

import pytest

from gis_core.rights import SYSTEM, acting_as
from gis_core.tasks import RunningJob
from layers.imports import tasks
from layers.imports.sources import Source
from tests import factories


@pytest.mark.django_db
def test_the_files_of_an_import_that_fails_go_too(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_order: object) -> Any:
        raise RuntimeError("the database went away")

    settings.INBOX_DIR = tmp_path
    (tmp_path / "abc").mkdir()
    (tmp_path / "abc" / "parcels.json").write_text("{}")
    broken = Source(slug="broken", label="", help="", accept="", run=fail)
    monkeypatch.setattr(tasks, "source_named", lambda _slug: broken)
    job = factories.job(parameters={"folder": "abc", "source": "broken"})
    with acting_as(SYSTEM), pytest.raises(RuntimeError):
        tasks.import_files(RunningJob(job, SYSTEM, lambda: False, writer=None))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
