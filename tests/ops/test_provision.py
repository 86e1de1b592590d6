"""What prepares the machine, on folders of its own: apt’s locks (real ones, the real apt-get), the map’s build."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from gis_core.operations.environment import ROOT

# The functions of the script, without what it does when it is run.
FUNCTIONS = 'source <(sed -n "/^as_root() {/,/^}/p; /^apt_get() {/,/^}/p" docker/provision.sh); '
APT = """
Dir::State "{folder}/state";
Dir::State::status "{folder}/dpkg/status";
Dir::Cache "{folder}/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "/dev/null";
Dir::Log "{folder}/log";
"""


@pytest.fixture
def apt(tmp_path: Path) -> dict[str, str]:
    for name in ("state/lists/partial", "dpkg/updates", "cache/archives/partial", "log"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "dpkg/status").touch()
    (tmp_path / "apt.conf").write_text(APT.format(folder=tmp_path))
    return os.environ | {"APT_CONFIG": str(tmp_path / "apt.conf")}


def apt_get(env: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    command = ["bash", "-c", f'{FUNCTIONS} apt_get "$@"', "bash", *words]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="apt-get asks for root")
@pytest.mark.parametrize(
    ("lock", "words"),
    [
        ("state/lists/lock", ["update"]),
        ("dpkg/lock-frontend", ["check"]),
        ("cache/archives/lock", ["clean"]),
    ],
)
def test_apt_waits_for_another_one(apt: dict[str, str], tmp_path: Path, lock: str, words: list[str]):
    with (tmp_path / lock).open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        waiting = apt_get(apt, *words)
        assert waiting.stdout is not None
        sentence = f"J'attends qu'une autre installation de paquets finisse (process {os.getpid()}"
        assert any(line.startswith(sentence) for line in waiting.stdout)
        assert waiting.poll() is None
    said, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, said


@pytest.mark.skipif(os.geteuid() != 0, reason="apt-get asks for root")
def test_apt_does_not_wait_for_ever(apt: dict[str, str], tmp_path: Path):
    with (tmp_path / "state/lists/lock").open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        waiting = apt_get(apt | {"APT_PATIENCE": "0"}, "update")
        said, _ = waiting.communicate(timeout=60)
    assert waiting.returncode != 0
    assert "terminez-la" in said


def test_another_failure_of_apt_is_told_at_once(apt: dict[str, str]):
    failing = apt_get(apt, "install", "-y", "no-such-package")
    said, _ = failing.communicate(timeout=60)
    assert failing.returncode != 0
    assert "J'attends" not in said


MAP_FUNCTIONS = (
    'source <(sed -n "/^stamped() {/p; /^web_map() {/,/^}/p" "$1"); bundle=/nowhere; '
    'web_libraries() { :; }; step() { shift; "$@"; }; '
)
NPM = """#!/bin/sh
# As vite does: what the folder had before goes.
rm -rf webmap/dist && mkdir webmap/dist && cp webmap/src/map.ts webmap/dist/map.js && echo built
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The sources of a web map, and an npm that copies them."""
    for name in ("webmap/src/map.ts", "gis_core/static/gis_core/tokens.css", ".venv/bin/python", "bin/npm"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "bin/npm").write_text(NPM)
    return tmp_path


def build_map(house: Path) -> bool:
    """Whether the map was built."""
    command = ["bash", "-euc", f"{MAP_FUNCTIONS} web_map", "bash", str(ROOT / "docker/provision.sh")]
    env = os.environ | {"PATH": f"{house / 'bin'}:{os.environ['PATH']}"}
    return "built" in subprocess.run(command, cwd=house, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_the_map_is_built_when_its_sources_change(house: Path):
    assert build_map(house)
    assert not build_map(house)
    (house / "webmap/src/map.ts").write_text("changed")
    assert build_map(house)


def test_a_map_that_was_built_of_other_sources_is_built_again(house: Path):
    build_map(house)
    source = house / "webmap/src/map.ts"
    before = source.read_text()
    source.write_text("another branch")
    subprocess.run([house / "bin/npm"], cwd=house, check=True)
    source.write_text(before)
    assert build_map(house)
    assert (house / "webmap/dist/map.js").read_text() == before
