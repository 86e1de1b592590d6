import os
import stat
from pathlib import Path

import pytest

from gis_core.operations.archive_target import read_key
from gis_core.operations.environment import Place, replace_file, secret_key, variables
from gis_core.operations.failure import OperationFailedError
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


def test_a_file_is_replaced_and_never_written_through(tmp_path: Path):
    (tmp_path / "else").write_text("kept")
    for name in ("status.json", "status.json.part"):
        (tmp_path / name).symlink_to(tmp_path / "else")
    replace_file(tmp_path / "status.json", "new", 0o640)
    assert (tmp_path / "else").read_text() == "kept"
    assert not (tmp_path / "status.json").is_symlink()
    assert (tmp_path / "status.json").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "status.json").stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes links of others")
def test_a_link_to_a_folder_leads_only_where_its_maker_has_one(tmp_path: Path):
    for name, owner in (("ours", 12345), ("roots", 0), ("others", 12346)):
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, owner, -1)
        link = tmp_path / f"to-{name}"
        link.symlink_to(tmp_path / name)
        os.chown(link, 12345, -1, follow_symlinks=False)
    replace_file(tmp_path / "to-ours" / "x", "text", 0o600)
    assert (tmp_path / "ours" / "x").stat().st_uid == 12345
    for name in ("roots", "others"):
        with pytest.raises(OSError, match="symbolic"):
            replace_file(tmp_path / f"to-{name}" / "x", "text", 0o600)


def test_a_key_that_is_a_link_is_refused_in_words(tmp_path: Path):
    (tmp_path / "secret-key").symlink_to("/etc/hostname")
    with pytest.raises(OperationFailedError, match="lien"):
        secret_key(Place(tmp_path))
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "archive-key").symlink_to("/etc/hostname")
    with pytest.raises(OperationFailedError, match="La clé de l'archive"):
        read_key(Place(tmp_path))
