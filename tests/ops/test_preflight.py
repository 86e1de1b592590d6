import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.preflight import check_folder, check_port, check_space

Usage = namedtuple("Usage", "total used free")


def test_a_taken_port_is_said_with_another_to_try():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OperationFailedError, match=f"Le port {port} est déjà pris.*--port {port + 1}"):
            check_port(port)


def test_a_free_port_is_accepted():
    with socket.create_server(("127.0.0.1", 0)) as former:
        port = former.getsockname()[1]
    check_port(port)


def test_an_impossible_port_is_said():
    with pytest.raises(OperationFailedError, match="99999 n'est pas un port"):
        check_port(99999)


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 5 * 2**20))
    with pytest.raises(OperationFailedError, match="Il reste 5 Mio"):
        check_space(Place(tmp_path))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OperationFailedError, match="Impossible d'écrire"):
        check_folder(Place(tmp_path / "file" / "data"))
