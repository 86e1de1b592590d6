"""A stand-in for systemctl in a bare machine, where systemd does not run: units started and stopped by `BareMachine`.

It knows what an installation and an upgrade ask of it: start, stop, restart and reload, what a unit requires, what the
target wants. Timers do nothing, and what is started ends with the test.
"""

import os
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from tests.install.bare_machine import BareMachine

SOCKET = "/run/systemctl.sock"
# Before Python is there nothing of Arpent can be asked for.
PROGRAM = f"""#!/bin/sh
[ -x /usr/bin/python3.13 ] || exit 0
exec /usr/bin/python3.13 -I -c '
import socket, sys
with socket.socket(socket.AF_UNIX) as manager:
    manager.connect("{SOCKET}")
    manager.sendall(" ".join(sys.argv[1:]).encode())
    manager.shutdown(socket.SHUT_WR)
    said = manager.recv(4000).decode()
sys.exit(said or 0)' "$@"
"""
TARGET = "arpent.target"


class StandIn:
    """Answers the stand-in's questions; `asked` are those about Arpent, in their order."""

    def __init__(self, machine: BareMachine) -> None:
        self.machine, self.asked = machine, list[str]()
        machine.run("mkdir", "-p", "/run/systemd/system", cwd="/")
        # A package of Debian's that brings the real one puts it elsewhere.
        machine.run("dpkg-divert", "--local", "--rename", "--add", "/usr/bin/systemctl", cwd="/")
        machine.path("/usr/bin/systemctl").write_text(PROGRAM)
        machine.path("/usr/bin/systemctl").chmod(0o755)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(f"/proc/{machine.holder.pid}/root{SOCKET}")
        self._listening.listen()
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            connection, _address = self._listening.accept()
            with connection:
                words = connection.makefile("rb").read().decode().split()
                try:
                    self._do(words[0], [word for word in words[1:] if word.startswith("arpent")])
                except Exception as error:
                    connection.sendall(f"{type(error).__name__}: {error}".encode())

    def _do(self, action: str, names: list[str]) -> None:
        if names:
            self.asked.append(" ".join([action, *names]))
        services = [one for name in names for one in (self._wanted() if name == TARGET else [name])]
        services = [name for name in services if name.endswith(".service")]
        for name in services:
            match action:
                case "start":
                    self._start(name)
                case "stop":
                    self._stop(name)
                case "restart":
                    self._stop(name)
                    self._start(name)
                case "reload-or-restart":
                    if name in self.machine.started:
                        self.machine.started[name].send_signal(signal.SIGHUP)
                    else:
                        self._start(name)

    def _wanted(self) -> list[str]:
        units = self.machine.path("/etc/systemd/system").glob("arpent*.service")
        return sorted(path.name for path in units if f"WantedBy={TARGET}" in path.read_text())

    def _start(self, name: str) -> None:
        for needed in self.machine.unit(name)["Requires"].split():
            self._start(needed)
        if name not in self.machine.started:
            self.machine.start(name)

    def _stop(self, name: str) -> None:
        if name in self.machine.started:
            self.machine.stop(name)

    def cut_power(self) -> None:
        """Every service, and all that it started, is gone at once."""
        started = [self.machine.started.pop(name) for name in list(self.machine.started)]
        for pid in [below for process in started for below in [process.pid, *descendants(process.pid)]]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in started:
            process.wait()


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    said = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in said.splitlines()]
    found = [pid]
    for one in found:
        found += [child for child, parent in parents if parent == one]
    return found[1:]


def write_program(machine: BareMachine, name: str) -> None:
    """A program of these tests, put into the machine."""
    machine.path(f"/srv/{name}").write_text(Path(__file__).with_name(name).read_text())
