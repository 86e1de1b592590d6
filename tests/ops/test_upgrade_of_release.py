"""The dump of the last release is upgraded to this code, as a site is: it returns whole, or arrives and works."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import Contents, table_contents, write_alike
from gis_core.operations.environment import DATABASE, ROOT, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.restore import restore
from gis_core.operations.upgrade import run as upgrading
from gis_core.operations.upgrade.state import ORDER, Home, State
from tests.ops.conftest import temporary_place
from tests.ops.test_releases import archives
from tests.ops.test_upgrade import fail_at

pytestmark = pytest.mark.slow
TARGET = "this-code"


class Installed(NamedTuple):
    """A site of the last release, and this code as the version beside it."""

    place: Place
    home: Home
    state: State

    def rows(self) -> Contents:
        cluster = Cluster(self.place)
        with cluster.lease(), cluster.connect(DATABASE) as connection:
            write_alike(connection)
            return table_contents(connection)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("versions")
    former = archives()[-1].stem
    (folder / former).mkdir()
    (folder / "current").symlink_to(former)
    lend_code(folder / TARGET)
    with temporary_place() as place:
        restore(place, archives()[-1], force=False)
        state = State(former, TARGET, str(place.data), "nobody", 8045, ORDER[0])
        yield Installed(place, Home(folder), state)


def lend_code(target: Path) -> None:
    """A folder of a version that is this code."""
    target.mkdir()
    for path in ROOT.iterdir():
        if path.name not in (".git", "var"):
            (target / path.name).symlink_to(path)


def test_after_all_its_migrations_it_returns_whole(installed: Installed, monkeypatch: pytest.MonkeyPatch):
    before = installed.rows()
    monkeypatch.setattr(upgrading.Upgrade, "action", fail_at("smoke"))
    with pytest.raises(OperationFailedError, match=r"essais de la nouvelle version.*Panne d'essai"):
        upgrading.go(installed.home, installed.state)
    assert installed.rows() == before
    assert installed.home.current == installed.state.former


def test_it_arrives_and_passes_its_trial(installed: Installed):
    upgrading.go(installed.home, installed.state)
    assert installed.home.current == TARGET
    assert installed.home.read() is None
