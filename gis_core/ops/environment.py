"""Where an Arpent lives and the environment variables its processes receive."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/bin/python"
DATABASE = "arpent"
DEFAULT_PORT = 8045
LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
SOCKET_PATH_LIMIT = 107

Role = Literal["web", "worker", "owner", "test"]


@dataclass(frozen=True)
class Place:
    """One data folder, and where everything stands in it."""

    data: Path

    @classmethod
    def current(cls, data: str | None = None) -> "Place":
        """The folder asked for, else ARPENT_DATA, else `var/` beside the code."""
        chosen = data or os.environ.get("ARPENT_DATA") or ROOT / "var"
        return cls(Path(chosen).expanduser().absolute())

    @property
    def cluster(self) -> Path:
        return self.data / "pg"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def accounts(self) -> Path:
        return self.data / "demo-accounts.json"

    @property
    def for_tests(self) -> "Place":
        """The data folder of the test suite, inside this one."""
        return Place(self.data / "test")

    def socket_directory(self) -> Path:
        """A short folder that depends on the data folder only: PostgreSQL allows 107 bytes, clones may lie deep."""
        name = "arpent-" + hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:8]
        if os.geteuid() == 0:
            return Path("/run", name)
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir(), name)
        fits = len(os.fsencode(runtime / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT
        return runtime if fits else Path("/tmp", name)  # noqa: S108 - its owner is checked before use


def secret_key(place: Place) -> str:
    """The key of this data folder, made on first use and readable by its owner only."""
    path = place.data / "secret-key"
    place.data.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


def variables(place: Place, role: Role, port: int | None = None) -> dict[str, str]:
    """The whole environment of a process of Arpent that connects to the database as `arpent_<role>`.

    What the operator has set wins, except what says which database: that follows from the data folder.
    """
    defaults = {"ARPENT_DEBUG": "0", "ARPENT_ALLOWED_HOSTS": LOCAL_HOSTS}
    if "ARPENT_SECRET_KEY" not in os.environ:
        defaults["ARPENT_SECRET_KEY"] = secret_key(place)
    fixed = {
        "ARPENT_DATA": str(place.data),
        "ARPENT_DB_HOST": str(place.socket_directory()),
        "ARPENT_DB_PORT": "5432",
        "ARPENT_DB_NAME": DATABASE,
        "ARPENT_DB_USER": f"arpent_{role}",
        "PATH": _path(os.environ),
    }
    if port is not None:
        fixed["ARPENT_PORT"] = str(port)
    return {**defaults, **_inherited(os.environ), **fixed}


def _inherited(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name != "PYTHONPATH"}


def _path(environ: Mapping[str, str]) -> str:
    return f"{PYTHON.parent}:{environ.get('PATH') or os.defpath}"
