"""The rules and the dashboard that are shipped for Prometheus and Grafana."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.points import MEASURES

FOLDER = Path(__file__).parents[2] / "monitoring"
PROMTOOL = shutil.which("promtool")
METRIC = re.compile(r"\barpent_[a-z_]+")
# Counted where it happens (`operations.metrics`), beside what is measured on reading.
COUNTED = {"arpent_request_seconds_count", "arpent_request_seconds_bucket", "arpent_tiles_total"}


def expressions() -> Iterator[str]:
    yield from re.findall(r"expr: (?:\|\n)?(.+(?:\n\s{10,}.+)*)", (FOLDER / "arpent.rules.yml").read_text())
    for panel in json.loads((FOLDER / "grafana-arpent.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def test_every_rule_and_panel_asks_for_what_there_is() -> None:
    known = {measure.name for measure in MEASURES.all()} | COUNTED
    asked_for = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert asked_for - known == set()
    assert len(asked_for) > 15


def test_panels_of_the_dashboard_do_not_overlap_and_have_a_source() -> None:
    dashboard = json.loads((FOLDER / "grafana-arpent.json").read_text())
    cells: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        taken = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        cells |= taken
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed: ./arpent test --prometheus installs it")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "arpent.rules.yml"),
        ("test", "rules", "arpent.rules.test.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
    ],
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
