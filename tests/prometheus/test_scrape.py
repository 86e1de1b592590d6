"""Debian's Prometheus reads a site that runs, with its token, and evaluates the rules that are shipped.

`./arpent test --prometheus` installs it and runs this.
"""

import json
import os
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gis_core.operations import proxy, services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import variables
from tests.ops.conftest import temporary_place
from tests.ops.migrated import give_migrated
from tests.ops.test_monitoring import FOLDER, METRIC, expressions
from tests.ops.test_proxy import free_port

pytestmark = pytest.mark.skipif(
    not os.environ.get("ARPENT_PROMETHEUS") or not shutil.which("prometheus"),
    reason="it takes a minute and needs Prometheus: ./arpent test --prometheus",
)
TOKEN = "un-jeton-de-supervision"
NEVER_THERE = {"arpent_disk_full_seconds", "arpent_failed_tasks", "arpent_stored_bytes", "arpent_needs"}
"""Without a sample on a new site: nothing fills, failed, is stored or needs somebody."""


class Prometheus:
    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/api/v1/"

    def ask(self, path: str, **parameters: str) -> Any:
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        with urllib.request.urlopen(self.address + path + query, timeout=30) as answer:
            return json.load(answer)["data"]

    def waits_for(self, is_done: Any, seconds: float = 90) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(OSError):
                if is_done():
                    return True
            time.sleep(0.5)
        return False


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus")
    port, own = free_port(), free_port()
    patch = pytest.MonkeyPatch()
    patch.setenv("ARPENT_METRICS_TOKEN", TOKEN)
    (folder / "token").write_text(TOKEN)
    text = (FOLDER / "prometheus.yml").read_text()
    for former, ours in (
        ("30s", "1s"),
        ("https", "http"),
        ("arpent.rules.yml", str(FOLDER / "arpent.rules.yml")),
        ("/etc/prometheus/arpent-token", str(folder / "token")),
        ("sig.example.org", f"127.0.0.1:{port}"),
    ):
        assert former in text
        text = text.replace(former, ours)
    (folder / "prometheus.yml").write_text(text)
    with temporary_place() as place:
        give_migrated(place)
        cluster = Cluster(place)
        cluster.start()
        group = services.Group("prometheus", cluster)
        try:
            for service in proxy.site(place, port, logs=True):
                group.start(service)
            group.start(services.worker(place, Path(place.logs, "worker.log"), port))
            group.wait_ready(f"http://127.0.0.1:{port}/health/ready")
            measure = (
                "from gis_core.operations.watch.alerts import measure_everything, watch;"
                " measure_everything(0); watch(0)"
            )
            subprocess.run(
                [services.PYTHON, "manage.py", "shell", "--no-imports", "-c", measure],
                cwd=services.ROOT,
                env=variables(place, "worker"),
                check=True,
            )
            with subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{own}",
                ],
                stderr=subprocess.DEVNULL,
            ) as running:
                try:
                    yield Prometheus(own)
                finally:
                    running.terminate()
        finally:
            group.stop()
            patch.undo()


def test_the_target_is_up_and_the_rules_are_evaluated(prometheus: Prometheus) -> None:
    def is_up() -> bool:
        return [one["health"] for one in prometheus.ask("targets")["activeTargets"]] == ["up"]

    def are_evaluated() -> bool:
        rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
        return bool(rules) and all(rule["health"] == "ok" for rule in rules)

    assert prometheus.waits_for(is_up)
    assert prometheus.waits_for(are_evaluated)


def test_every_figure_that_rules_and_panels_ask_for_is_served(prometheus: Prometheus) -> None:
    asked_for = {name for expression in expressions() for name in METRIC.findall(expression)}

    def served() -> set[str]:
        return set(prometheus.ask("label/__name__/values"))

    assert prometheus.waits_for(lambda: asked_for - served() <= NEVER_THERE | {"arpent_tiles_total"})


def test_every_panel_is_an_expression_that_prometheus_takes(prometheus: Prometheus) -> None:
    answers = [prometheus.ask("query", query=expression) for expression in expressions()]
    assert all("resultType" in one for one in answers)


def test_without_backups_the_alert_waits_to_fire(prometheus: Prometheus) -> None:
    def alerts() -> set[str]:
        return {one["labels"]["alertname"] for one in prometheus.ask("alerts")["alerts"]}

    assert prometheus.waits_for(lambda: "ArpentSauvegardeAncienne" in alerts())
