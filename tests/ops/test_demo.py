import json
from pathlib import Path

import pytest

from gis_core.operations.demo import demo_lock, read_run, run, stop_command, summary
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError


def test_one_demo_at_a_time(tmp_path: Path):
    with demo_lock(Place(tmp_path)) as first, demo_lock(Place(tmp_path)) as second:
        assert (first is not None, second) == (True, None)


def test_the_lock_is_free_again_when_its_holder_is_gone(tmp_path: Path):
    with demo_lock(Place(tmp_path)):
        pass
    with demo_lock(Place(tmp_path)) as lock:
        assert lock is not None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_damaged_lock_file_names_no_run(tmp_path: Path, content: str):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/demo.lock").write_text(content)
    assert read_run(Place(tmp_path)) is None


def test_a_second_start_while_the_first_prepares_is_refused_in_words(tmp_path: Path):
    with demo_lock(Place(tmp_path)), pytest.raises(OperationFailedError, match=r"\./arpent stop"):
        run(Place(tmp_path), 8045, detach=True)


def test_the_summary_gives_address_and_accounts(tmp_path: Path):
    account = {"username": "lea", "password": "secret", "role": "reader", "member": None}
    (tmp_path / "demo-accounts.json").write_text(json.dumps([account]))
    said = summary(Place(tmp_path), 8100)
    assert "http://127.0.0.1:8100/" in said
    assert "lea  secret  reader" in said


def test_what_stops_a_demo_names_its_folder_where_that_is_not_the_usual_one(tmp_path: Path):
    assert stop_command(Place(tmp_path / "ma démo")) == f"./arpent stop --data '{tmp_path / 'ma démo'}'"
    assert stop_command(Place.current()) == "./arpent stop"
