"""Tests at a chosen instant: `./arpent test --at`."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gis_core.operations import fake_clock
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import client_environment

LEAP_NIGHT = "2028-02-29 23:30"
SCRIPT = """
import os, sys, time
os.utime(sys.argv[1], (0, 86400))
print(time.time(), os.stat(sys.argv[1]).st_mtime, time.monotonic())
"""


@pytest.mark.parametrize("words", [["--at", LEAP_NIGHT, "tests/permits"], ["tests/permits", f"--at={LEAP_NIGHT}"]])
def test_the_instant_is_taken_out_of_the_arguments(words: list[str]) -> None:
    assert fake_clock.split(words) == (LEAP_NIGHT, ["tests/permits"])


def test_without_it_the_arguments_stay() -> None:
    words = ["tests/permits", "-k", "at"]
    assert fake_clock.split(words) == ("", words)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (LEAP_NIGHT, datetime(2028, 2, 29, 23, 30, tzinfo=UTC)),
        ("2027-01-01 00:15+01:00", datetime(2026, 12, 31, 23, 15, tzinfo=UTC)),
    ],
)
def test_an_instant_is_in_utc_unless_it_says_otherwise(text: str, instant: datetime) -> None:
    assert fake_clock.instant(text) == instant


@pytest.mark.parametrize("words", [["--at"], ["--at", "2027-02-29 12:00"], ["--at", "demain"]])
def test_what_is_no_instant_is_refused_with_an_example(words: list[str]) -> None:
    with pytest.raises(OperationFailedError) as refused:
        fake_clock.instant(fake_clock.split(words)[0])
    assert '--at "2028-02-29 23:30"' in refused.value.message


def test_a_missing_library_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fake_clock, "LIBRARIES", tmp_path)
    with pytest.raises(OperationFailedError) as refused:
        fake_clock.environment(LEAP_NIGHT)
    assert "apt-get install libfaketime" in refused.value.message


def test_a_process_runs_at_the_instant_and_durations_are_real(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    env = os.environ | fake_clock.environment(LEAP_NIGHT)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file)], env=env, check=True, capture_output=True, text=True
    )
    now, modified, monotonic = map(float, done.stdout.split())
    assert abs(now - fake_clock.instant(LEAP_NIGHT).timestamp()) < 60
    assert abs(modified - 86_400) < 5
    assert abs(monotonic - time.monotonic()) < 60


def test_postgresql_receives_it_and_nothing_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert client_environment().keys() == {"PATH", "LC_ALL"}
    monkeypatch.setenv("LD_PRELOAD", "autre.so")
    assert client_environment().keys() == {"PATH", "LC_ALL"}
    for name, value in fake_clock.environment(LEAP_NIGHT).items():
        monkeypatch.setenv(name, value)
    assert client_environment().keys() == {"PATH", "LC_ALL", "LD_PRELOAD", "FAKETIME", *fake_clock.CHOICES}
