import errno
import os
from pathlib import Path

import pytest

from gis_core.operations import exchange
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place
from gis_core.operations.scratch import scratch_folder


def restored_beside(data: Path, *, present: bool = True) -> tuple[Cluster, Place]:
    """A data folder with a present database, and a copy beside it as pgBackRest leaves one."""
    place, copy = Place(data), Place(data / "pg.beside-1", is_trial=True)
    copy.cluster.mkdir(parents=True)
    (copy.cluster / "postgresql.auto.conf").write_text(f"restore_command = 'x {copy.cluster}'\n")
    if present:
        place.cluster.mkdir()
        (place.cluster / "present").touch()
    return Cluster(place), copy


@pytest.mark.parametrize("atomic", [True, False])
def test_a_copy_takes_the_place_of_the_present_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, atomic: bool):
    if not atomic:
        monkeypatch.setattr(exchange, "RENAME_EXCHANGE", 1 << 20)
    cluster, copy = restored_beside(tmp_path)
    with exchange.exchanged(cluster, copy, ".avant-1") as former:
        orders = (tmp_path / "pg" / "postgresql.auto.conf").read_text()
    assert former == tmp_path / "pg.avant-1"
    assert (former / "present").exists()
    assert orders == f"restore_command = 'x {tmp_path / 'pg'}'\nrecovery_target_action = 'promote'\n"


@pytest.mark.parametrize("at", ["order_to_go_on", "exchange", "the block"])
@pytest.mark.parametrize("present", [True, False])
def test_whatever_fails_the_present_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, present: bool):
    cluster, copy = restored_beside(tmp_path, present=present)
    if at == "exchange" and not present:
        pytest.skip("nothing is exchanged")

    def fail(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if at != "the block":
        monkeypatch.setattr(exchange, at, fail)
    with pytest.raises(OSError, match="space"), exchange.exchanged(cluster, copy, ".avant-1"):
        fail()
    left = {path.name for path in tmp_path.iterdir() if path.name.startswith("pg") and path.name != "pg.beside-1"}
    assert left == ({"pg"} if present else set())
    assert (tmp_path / "pg" / "present").exists() == present


def test_who_renames_a_scratch_folder_has_nothing_put_elsewhere(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with scratch_folder(tmp_path, "restore-") as scratch:
        moved = scratch.path.rename(tmp_path / "moved")
        scratch.path.symlink_to(elsewhere)
        (scratch.held / "roles.sql").write_text("x")
        assert (moved / "roles.sql").exists()
    assert list(elsewhere.iterdir()) == []
    assert list(moved.iterdir()) == []
