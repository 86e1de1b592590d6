"""Containers without an engine, from the services of `docker/compose.yml`."""

import os
import re
import secrets
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gis_core.operations.environment import ROOT
from gis_core.operations.processes import wait_until

ENTRYPOINTS = {
    "run": [".venv/bin/python", "-P", "-m", "gis_core.operations.container"],
    "database": ["/opt/arpent/database.sh"],
}
IMAGE_ENV = {"PYTHONPATH": "/opt/arpent", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
DEVICES = ("null", "zero", "full", "random", "urandom")
START_SECONDS = 600
DEMO = [".venv/bin/python", "-P", "-m", "gis_core.operations", "demo"]


def interpolate(value: Any) -> str:
    """`${NAME:-default}` as compose understands it, with an empty environment."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", str(value))


def read_services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load((ROOT / "docker/compose.yml").read_text())["services"])


def make_devices(root: Path) -> list[str]:
    """The commands that give a mounted image its /proc and /dev."""
    lines = [f"mount --bind {root} {root}", f"mount -t proc proc {root}/proc", f"mount -t tmpfs tmpfs {root}/dev"]
    for device in DEVICES:
        lines += [f"touch {root}/dev/{device}", f"mount --bind /dev/{device} {root}/dev/{device}"]
    return [*lines, f"mkdir {root}/dev/shm", f"mount -t tmpfs -o mode=1777 tmpfs {root}/dev/shm"]


@contextmanager
def demonstration(root: Path, folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`./arpent demo` in a container of its image, whose data are gone with it."""
    data = folder / "demo-data"
    data.mkdir(mode=0o755)
    variables = " ".join(f"{name}={value}" for name, value in IMAGE_ENV.items())
    lines = [*make_devices(root), f"mount --bind {data} {root}/data", f"mount -t tmpfs -o mode=755 tmpfs {root}/run"]
    inside = f"cd /opt/arpent && exec {shlex.join([*DEMO, '--port', str(port)])}"
    path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin ARPENT_DATA=/data"
    lines.append(f"exec chroot {root} env -i {variables} {path} /bin/sh -c {shlex.quote(inside)}")
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "sh", "-ec", "\n".join(lines)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@dataclass
class Stack:
    """The services of compose.yml on the ports given, their volumes and secrets in a folder."""

    roots: dict[str, Path]
    folder: Path
    port: int
    database_port: int
    services: dict[str, dict[str, Any]] = field(default_factory=read_services)
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """In the order of `depends_on`, each once what it waits for is in order."""
        self.launch("database")
        self.wait_healthy("database")
        assert self.finish("migrate") == 0, self.log("migrate")
        for name in ("web", "worker"):
            self.launch(name)
        for name in ("web", "worker"):
            self.wait_healthy(name)
        self.launch("proxy")
        self.wait_healthy("proxy")

    def launch(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        """Start a service, or another command in a container like its own."""
        script = self.script(
            name, list(command) or [*self.entrypoint(name), *self.services[name].get("command", ["serve"])]
        )
        with self.log_file(name, command).open("ab") as log:
            process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "sh", "-ec", script],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if not command:
            self.running[name] = process
        return process

    def execute(self, name: str, *command: str) -> "subprocess.CompletedProcess[bytes]":
        """A command inside a running container, as its user (`docker compose exec`)."""
        uid, gid = self.ids(name)
        enter = ["nsenter", "--target", str(self.first_pid(name)), "--mount", "--ipc", "--root", "--wd=/"]
        switch = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "env", "-i", "PATH=/usr/bin:/bin"]
        return subprocess.run([*enter, *switch, *command], capture_output=True, check=False)

    def finish(self, name: str, *command: str) -> int:
        return self.launch(name, *command).wait(START_SECONDS)

    def wait_healthy(self, name: str) -> None:
        test = self.services[name]["healthcheck"]["test"][1:]
        if name == "database":
            test = [*test, "-p", str(self.database_port)]
        healthy = wait_until(
            lambda: self.running[name].poll() is not None or self.finish(name, *test) == 0, START_SECONDS
        )
        assert healthy, self.log(name)
        assert self.running[name].poll() is None, self.log(name)

    def signal(self, name: str, sign: signal.Signals) -> None:
        """To the first process of a container, as an engine sends it."""
        os.kill(self.first_pid(name), sign)

    def first_pid(self, name: str) -> int:
        pid = self.running[name].pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def stop(self, name: str) -> float:
        """As `docker compose stop`; the seconds it took. Fails where the service does not end well by itself."""
        service, begun = self.services[name], time.monotonic()
        self.signal(name, signal.Signals[service.get("stop_signal", "SIGTERM")])
        code = self.running.pop(name).wait(int(service["stop_grace_period"].removesuffix("s")))
        assert code == 0, (name, code, self.log(name))
        return time.monotonic() - begun

    def kill(self) -> None:
        """Everything at once, as a power cut."""
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()
        self.running.clear()

    # -- what a container is made of -----------------------------------------------------------------------------------

    def image(self, name: str) -> str:
        return "database" if name in {"database", "backup"} else "run"

    def entrypoint(self, name: str) -> list[str]:
        return list(self.services[name].get("entrypoint", ENTRYPOINTS[self.image(name)]))

    def add(self, file: str) -> None:
        """What another file of compose's says beside the first (`-f docker/compose.yml -f FILE`)."""
        for name, more in yaml.safe_load((ROOT / file).read_text())["services"].items():
            service = self.services[name]
            service["environment"] = {**service.get("environment", {}), **more.get("environment", {})}
            service["secrets"] = [*service.get("secrets", []), *more.get("secrets", [])]

    def script(self, name: str, command: list[str]) -> str:
        """Mounts as the engine makes them, then the command with neither rights nor the environment of this machine."""
        service, root = self.services[name], self.roots[self.image(name)]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        uid, gid = self.ids(name)
        lines = make_devices(root)
        lines += [f"mount -t tmpfs -o mode=1777 tmpfs {root}{one.split(':')[0]}" for one in service.get("tmpfs", [])]
        for volume in service.get("volumes", []):
            source, target, *how = volume.split(":")
            lines.append(f"mount --bind {self.volume(source, root, target)} {root}{target}")
            lines += [f"mount -o remount,bind,ro {root}{target}"] if how == ["ro"] else []
        (root / "run/secrets").mkdir(exist_ok=True)
        lines.append(f"mount --bind {self.secrets(name)} {root}/run/secrets")
        lines.append(f"mount -o remount,bind,ro {root}")
        rights = "--clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all"
        switch = f"/usr/bin/setpriv --reuid={uid} --regid={gid} {rights}"
        variables = " ".join(shlex.quote(f"{key}={value}") for key, value in self.environment(name).items())
        # A chroot begins in /; the image's folder is where commands are.
        inside = f"cd /opt/arpent && exec {shlex.join(command)}"
        lines.append(f"exec chroot {root} {switch} env -i {variables} /bin/sh -c {shlex.quote(inside)}")
        return "\n".join(lines)

    def ids(self, name: str) -> tuple[int, int]:
        user = str(self.services[name]["user"])
        if ":" in user:
            uid, gid = user.split(":")
            return int(uid), int(gid)
        entries = (line.split(":") for line in (self.roots[self.image(name)] / "etc/passwd").read_text().splitlines())
        return next((int(entry[2]), int(entry[3])) for entry in entries if entry[0] == user)

    def environment(self, name: str) -> dict[str, str]:
        given = {key: interpolate(value) for key, value in self.services[name].get("environment", {}).items()}
        # There is one network here: the ports of this run, on this machine alone.
        here = {"ARPENT_DB_HOST": "127.0.0.1", "ARPENT_DB_PORT": str(self.database_port), "ARPENT_LISTEN": "127.0.0.1"}
        here |= {"ARPENT_PORT": str(self.port), "ARPENT_BIND": "127.0.0.1", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        return {**IMAGE_ENV, **given, **here}

    def volume(self, source: str, root: Path, target: str) -> Path:
        """A named volume, which begins as the image's folder is."""
        folder = self.folder / "volumes" / source
        if not folder.exists():
            folder.mkdir(parents=True)
            state = (root / target.lstrip("/")).stat()
            os.chown(folder, state.st_uid, state.st_gid)
            folder.chmod(state.st_mode & 0o7777)
        return folder

    def secrets(self, name: str) -> Path:
        """A folder with the secrets of a service and no other, open to its user as those of compose are."""
        folder = self.folder / "secrets" / name
        folder.mkdir(parents=True, exist_ok=True)
        for one in self.services[name].get("secrets", []):
            path = folder / one
            if not path.exists():
                path.write_text(self.secret(one))
        return folder

    def secret(self, name: str) -> str:
        path = self.folder / f"secret-{name}"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()

    def log_file(self, name: str, command: tuple[str, ...] = ()) -> Path:
        return self.folder / f"{name}{'-other' if command else ''}.log"

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]
