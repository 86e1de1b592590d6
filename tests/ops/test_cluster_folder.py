import os
from pathlib import Path

import pytest

from gis_core.operations.cluster_folder import refuse_empty, remove_unfinished
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError


def test_no_empty_database_takes_the_place_of_one_that_was_set_aside(tmp_path: Path):
    place = Place(tmp_path)
    (tmp_path / "pg.avant-20261201-070000").mkdir()
    with pytest.raises(OperationFailedError, match=r"mv .*pg\.avant-20261201-070000 "):
        refuse_empty(place)
    place.cluster.mkdir()
    refuse_empty(place)
    assert list(place.cluster.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone could empty a folder of others")
def test_root_empties_no_folder_of_others_that_a_link_leads_to(tmp_path: Path):
    place = Place(tmp_path / "data")
    place.data.mkdir()
    os.chown(place.data, 12345, -1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    place.cluster.symlink_to(elsewhere)
    with pytest.raises(OperationFailedError, match="y mène par erreur"):
        remove_unfinished(place)
    os.chown(elsewhere, 12345, -1)
    remove_unfinished(place)
    assert list(elsewhere.iterdir()) == []
