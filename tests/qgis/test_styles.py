"""QGIS opens the styles that are downloaded as .qml."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from layers.catalogue.models import Layer
from layers.catalogue.qml import MM, qml_of

READER = Path(__file__).with_name("read_style.py")
HATCH = {"colour": "#e600a980", "angle": 30, "spacing": 8, "width": 2, "cross": True}


def test_qgis_reads_a_hatch_over_a_fill_and_under_an_outline(tmp_path: Path) -> None:
    symbol = {"kind": "fill", "fill": "#ffffff", "hatch": HATCH, "stroke": "#e600a9", "stroke_width": 1}
    style = tmp_path / "areas.qml"
    style.write_text(qml_of(Layer(title="Zones", geometry_type="polygon", legend=[{"label": "A", "symbol": symbol}])))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    command = ["/usr/bin/python3", str(READER), str(style)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=True)
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["version"].startswith("3.40")
    assert found["read"]
    fill, *hatches, outline = found["parts"]
    assert [fill["kind"], outline["kind"]] == ["SimpleFill", "SimpleFill"]
    assert [one["angle"] for one in hatches] == [30, 120]
    for one in hatches:
        assert one["distance"] == pytest.approx(8 * MM, abs=0.001)
        assert one["width"] == pytest.approx(2 * MM, abs=0.001)
        assert one["colour"] == [230, 0, 169, 128]
