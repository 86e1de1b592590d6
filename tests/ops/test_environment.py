import os
import stat
from pathlib import Path

import pytest

from gis_core.operations.environment import Place, secret_key, variables
from gis_core.operations.manage import role_of


def test_the_data_folder_comes_from_the_option_then_from_the_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARPENT_DATA", "/srv/a")
    assert (Place.current("/srv/b").data, Place.current().data) == (Path("/srv/b"), Path("/srv/a"))


def test_the_socket_path_is_short_however_deep_the_data(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "r" * 120)
    socket = Place(Path("/" + "d" * 250)).socket_directory() / ".s.PGSQL.5432"
    assert len(os.fsencode(socket)) <= 107


def test_two_data_folders_have_two_sockets():
    assert Place(Path("/a")).socket_directory() != Place(Path("/b")).socket_directory()


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path):
    place = Place(tmp_path)
    assert secret_key(place) == secret_key(place)
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_the_operators_variables_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARPENT_ALLOWED_HOSTS", "sig.example.fr")
    assert variables(Place(tmp_path), "web")["ARPENT_ALLOWED_HOSTS"] == "sig.example.fr"


def test_a_shells_role_does_not_reach_the_web_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARPENT_DB_USER", "arpent_owner")
    assert variables(Place(tmp_path), "web")["ARPENT_DB_USER"] == "arpent_web"


def test_migrations_run_as_the_owner_and_imports_as_the_worker():
    assert (role_of("migrate"), role_of("import_etalab")) == ("owner", "worker")
