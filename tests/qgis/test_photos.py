"""QGIS without a screen loads both grids of the photos and shows the ground that the sheets hold."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from tests.tiles.ortho import campaign

READER = Path(__file__).with_name("read_wmts.py")
POINT = (campaign.WEST + 30.3, campaign.NORTH - 41.7)
GRIDS = {"PM": (3857, 156_543.03392804097 / 2**20), "LAMB93": (2154, 0.2)}


@pytest.mark.parametrize("grid", GRIDS)
def test_qgis_shows_the_ground_of_the_sheets(address: str, grid: str, tmp_path: Path) -> None:
    epsg, step = GRIDS[grid]
    x, y = Transformer.from_crs(2154, epsg, always_xy=True).transform(*POINT)
    command = ["/usr/bin/python3", str(READER), f"{address}/wmts/1.0.0/WMTSCapabilities.xml", "essai", grid, str(epsg)]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
        "no_proxy": "127.0.0.1",
    }
    ran = subprocess.run(
        [*command, str(x), str(y), str(step)], env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    print(found)
    assert found["crs"] == f"EPSG:{epsg}"
    assert found["errors"] == []
    assert found["version"].startswith("3.40")
    expected = campaign.colours(np.float64(POINT[0]), np.float64(POINT[1]))
    # Half a pixel of the steep bands for the tile, half for the map, and what JPEG loses.
    assert np.abs(np.array(found["colour"][:3]) - expected).max() <= campaign.STEP * 50 + 5
    assert found["colour"][3] == 255
