"""A bare Debian 13 in a folder, with mounts of its own: commands run in it, and units' ExecStart lines as their users.

systemd does not run there. What it would do for a unit is done by hand: what it may write (mounts), its network, user,
group, environment, umask, capabilities (setpriv), its filter of system calls (libseccomp) and of memory (prctl).
"""

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from gis_core.operations.environment import ROOT
from gis_core.operations.processes import wait_until

SOURCE = "/srv/arpent-source"
# The authority of a network that looks into TLS is the machine's own, not Debian's.
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
BUNDLE_THERE = "/etc/network-authorities.crt"
NETWORK = ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Its root is that of its mounts, not of chroot, from which the kernel gives no namespace of users.
HOLD = (
    "mount --bind {0} {0} && mount -t proc proc {0}/proc && mount --rbind /dev {0}/dev && mount --bind /sys {0}/sys"
    " && mount -t tmpfs tmpfs {0}/run && cd {0} && mkdir -p .former && pivot_root . .former && umount -l /.former"
    " && rmdir /.former && echo ready && exec sleep infinity"
)
START_S = 180
# ProtectSystem=strict, ProtectHome=yes and PrivateTmp=yes, but for so many folders that may be written.
PROTECT = """count=$1; shift
while [ "$count" -gt 0 ]; do mount --bind "$1" "$1"; shift; count=$((count - 1)); done
mount -o remount,bind,ro /; mount -o remount,bind,ro /run
for hidden in /tmp /var/tmp /root /home; do mount -t tmpfs -o mode=1777 tmpfs "$hidden"; done
exec "$@"
"""


@dataclass
class Unit:
    """What stands in a unit file, by the names of its settings; those that come more than once in their order."""

    name: str
    settings: dict[str, list[str]]

    def __getitem__(self, name: str) -> str:
        return (self.settings.get(name) or [""])[-1]

    @classmethod
    def parse(cls, path: Path) -> "Unit":
        settings: dict[str, list[str]] = {}
        for line in path.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                settings.setdefault(name, []).append(value)
        return cls(path.name, settings)


@dataclass
class BareMachine:
    """The folder, and the process that holds its mounts."""

    folder: Path
    holder: "subprocess.Popen[str]"
    started: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, *, offline: bool = False) -> "BareMachine":
        """mmdebstrap's smallest variant with the certificates of authorities; then this repository's files.

        Offline it has the loopback alone, no file of ours, and ssh-keygen, as whatever is entered by SSH has.
        """
        included = "--include=" + ("openssh-client" if offline else "ca-certificates")
        command = ["mmdebstrap", "--quiet", "--variant=minbase", included, "trixie", str(folder)]
        subprocess.run(command, check=True)
        if offline:
            return cls.hold(folder, ["--net"], "ip link set lo up && ")
        (folder / BUNDLE_THERE.lstrip("/")).write_bytes(BUNDLE.read_bytes())
        source = folder / SOURCE.lstrip("/")
        source.mkdir()
        copy = 'git ls-files -z | tar --null --files-from=- -cf - | tar -C "$0" --no-same-owner -xf -'
        subprocess.run(["bash", "-o", "pipefail", "-c", copy, str(source)], cwd=ROOT, check=True)
        return cls.hold(folder)

    @classmethod
    def hold(cls, folder: Path, more: Sequence[str] = (), before: str = "") -> "BareMachine":
        """What lives as long as the machine, in namespaces of its own."""
        hold = ["unshare", "--mount", *more, "--propagation", "private", "sh", "-c", before + HOLD.format(folder)]
        holder = subprocess.Popen(hold, stdout=subprocess.PIPE, text=True)
        assert holder.stdout
        assert holder.stdout.readline() == "ready\n"
        return cls(folder, holder)

    def path(self, inside: str) -> Path:
        return self.folder / inside.lstrip("/")

    def words(self, *words: str, cwd: str = "/") -> list[str]:
        """The words that run a command inside."""
        return ["nsenter", "-t", str(self.holder.pid), "--mount", "--net", "--root", f"--wdns={cwd}", *words]

    def environment(self) -> dict[str, str]:
        ours = {name: os.environ[name] for name in PROXIES if name in os.environ}
        return ours | dict.fromkeys(NETWORK, BUNDLE_THERE) | {"PATH": PATH, "HOME": "/root"}

    def run(self, *words: str, cwd: str = SOURCE, text: str = "") -> "subprocess.CompletedProcess[str]":
        """A command of root's; both outputs together."""
        return subprocess.run(
            self.words(*words, cwd=cwd),
            env=self.environment(),
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def run_until(self, words: Sequence[str], line: str, cwd: str = SOURCE) -> str:
        """Kill a command, and all that it started, once it has said this; what it said."""
        inside = self.words(*words, cwd=cwd)
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        said = ""
        with subprocess.Popen(inside, env=self.environment(), text=True, start_new_session=True, **output) as process:
            for read in process.stdout or ():
                said += read
                if line in read:
                    os.killpg(process.pid, signal.SIGKILL)
                    break
        return said

    # -- units ---------------------------------------------------------------------------------------------------

    def unit(self, name: str) -> Unit:
        return Unit.parse(self.path(f"/etc/systemd/system/{name}"))

    def start(self, name: str, instead: str = "") -> None:
        """As systemd would, or another command with the same rights; one that says when it is ready is waited for."""
        unit = self.unit(name)
        if instead:
            unit.settings["ExecStart"] = [instead]
        environment = dict(pair.split("=", 1) for pair in unit["Environment"].split())
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
            if unit["Type"] == "notify":
                # In the machine's own /run, which the holder mounted: reached through its root.
                address = Path("/proc", str(self.holder.pid), "root", "run", f"notify-{name}")
                address.unlink(missing_ok=True)
                manager.bind(str(address))
                address.chmod(0o777)
                environment["NOTIFY_SOCKET"] = f"/run/notify-{name}"
            # A service that runs goes on writing to its own.
            with (self.folder.parent / f"{'apart-' if instead else ''}{name}.log").open("wb") as log:
                self.started[name] = subprocess.Popen(
                    self.words(*confined(unit), cwd=unit["WorkingDirectory"] or "/"),
                    env={"PATH": PATH} | environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            if unit["Type"] == "notify":
                manager.settimeout(START_S)
                assert manager.recv(100) == b"READY=1"

    def run_unit(self, name: str, instead: str = "") -> tuple[int, str]:
        """To its end: the exit code and what it said. A service that runs goes on."""
        running = self.started.pop(name, None)
        self.start(name, instead)
        code = self.started.pop(name).wait()
        if running:
            self.started[name] = running
        return code, self.log(f"apart-{name}" if instead else name)

    def stop(self, name: str) -> int:
        """SIGTERM to its main process, as `KillMode=mixed`; its exit code."""
        process = self.started.pop(name)
        process.terminate()
        return process.wait(90)

    def log(self, name: str) -> str:
        return (self.folder.parent / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        for process in self.started.values():
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
        self.holder.kill()
        self.holder.communicate()
        # Its mounts went with it; what lies in them is not the machine's to remove.
        assert wait_until(lambda: not os.path.ismount(self.folder / "proc"), 10)


def confined(unit: Unit) -> list[str]:
    """The command of a unit, under its user, with what it may write, its capabilities, umask and system calls."""
    writes = " ".join(unit.settings.get("ReadWritePaths", [])).replace(" -/", " /").split()
    network = ["--net"] if unit["PrivateNetwork"] == "yes" else []
    mounts = ["unshare", "--mount", *network, "sh", "-ec", PROTECT, "sh", str(len(writes)), *writes]
    capabilities = unit["AmbientCapabilities"].lower().replace("cap_", "+")
    rights = [f"--ambient-caps=-all,{capabilities}", f"--inh-caps=-all,{capabilities}"] if capabilities else []
    kept = [capability.lower().replace("cap_", "+") for capability in unit["CapabilityBoundingSet"].split()]
    rights += [f"--bounding-set={','.join(['-all', *kept])}", *([] if capabilities else ["--inh-caps=-all"])]
    # Without a user it is root's.
    ids = [f"--reuid={unit['User'] or 'root'}", f"--regid={unit['Group'] or 'root'}"]
    user = ["setpriv", *ids, "--clear-groups", "--no-new-privs"]
    filters = ";".join(unit.settings.get("SystemCallFilter", []))
    apart = [
        "/usr/bin/python3.13",
        "-I",
        "/srv/confine.py",
        filters,
        unit["UMask"] or "0022",
        unit["MemoryDenyWriteExecute"],
    ]
    return [*mounts, *user, *rights, "--", *apart, *unit["ExecStart"].split()]


def write_filter(machine: BareMachine) -> None:
    """The program that applies a unit's system calls, and systemd's own sets of them as this machine's says."""
    sets = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    machine.path("/srv/system-calls").write_text(sets)
    machine.path("/srv/confine.py").write_text(Path(__file__).with_name("confine.py").read_text())
