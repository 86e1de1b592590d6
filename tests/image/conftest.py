"""The image built from `docker/Dockerfile`, and its containers started as `docker/compose.yml` says.

`./arpent test --image` alone comes here. Where there is neither Docker nor control groups, containers are made of
what Docker makes them of: a mounted image, namespaces, a read-only root, a user without capabilities. Networks are not
apart.
"""

import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.operations.environment import ROOT
from tests.image.containers import Stack

collect_ignore = [] if os.environ.get("ARPENT_IMAGE") else ["test_image.py"]
BASE_DAYS = 7
# As Debian's own image for containers: no documentation but licences.
LEFT_OUT = ("doc/*", "man/*", "info/*", "locale/*")
SUITES = (
    "deb http://deb.debian.org/debian trixie main",
    "deb http://deb.debian.org/debian trixie-updates main",
    "deb http://deb.debian.org/debian-security trixie-security main",
)
BASE, BUILD_BASE = "localhost/arpent-base", "localhost/arpent-build-base"


def run(*command: str) -> str:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (command, ran.stdout[-2000:], ran.stderr[-4000:])
    return ran.stdout.strip()


def make_base(archive: Path) -> bool:
    """Debian as a file, made anew once it is some days old; whether it was."""
    if archive.exists() and time.time() - archive.stat().st_mtime < BASE_DAYS * 86_400:
        return False
    archive.parent.mkdir(parents=True, exist_ok=True)
    options = [f"--dpkgopt=path-exclude=/usr/share/{one}" for one in LEFT_OUT]
    options += ["--dpkgopt=path-include=/usr/share/doc/*/copyright", "--variant=minbase", "--quiet"]
    unfinished = archive.with_name("part.tar")
    run("mmdebstrap", *options, "trixie", str(unfinished), *SUITES)
    unfinished.rename(archive)
    return True


def import_base(archive: Path) -> None:
    """The base of both stages, and that of the first with the authorities that this machine trusts."""
    container = run("buildah", "from", "scratch")
    run("buildah", "add", "--quiet", container, str(archive), "/")
    run("buildah", "commit", "--quiet", "--rm", container, BASE)
    container = run("buildah", "from", BASE)
    if authorities := os.environ.get("SSL_CERT_FILE"):
        run("buildah", "copy", "--quiet", container, authorities, "/authorities.pem")
        for name in ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
            run("buildah", "config", "--env", f"{name}=/authorities.pem", container)
    run("buildah", "commit", "--quiet", "--rm", container, BUILD_BASE)


def has_images(*names: str) -> bool:
    return all(
        subprocess.run(["buildah", "inspect", "--type", "image", one], capture_output=True).returncode == 0
        for one in names
    )


def build(target: str) -> str:
    """The name of an image."""
    name = f"localhost/arpent-test-{target}"
    limits = ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=90000:90000"]
    options = ["--isolation", "chroot", "--network", "host", "--layers", *limits, "--build-arg", f"DEBIAN={BASE}"]
    # `--from` stands for the first FROM of the file: that of the stage that fetches.
    options += ["--from", BUILD_BASE, "--target", target, "--tag", name, "--file", "docker/Dockerfile"]
    run("buildah", "build", *options, ".")
    return name


@pytest.fixture(scope="session")
def roots() -> Iterator[dict[str, Path]]:
    """Where the images are mounted, by their target."""
    archive = ROOT / "var/test/image/base.tar"
    # The same base keeps what was built on it.
    if make_base(archive) or not has_images(BASE, BUILD_BASE):
        import_base(archive)
    mounted: dict[str, Path] = {}
    containers = []
    for target in ("run", "database"):
        containers.append(run("buildah", "from", build(target)))
        mounted[target] = Path(run("buildah", "mount", containers[-1]))
    yield mounted
    for container in containers:
        run("buildah", "umount", container)
        run("buildah", "rm", container)


@pytest.fixture
def demo_root() -> Iterator[Path]:
    """Where the image of the demonstration is mounted, to be written in."""
    container = run("buildah", "from", build("demo"))
    try:
        yield Path(run("buildah", "mount", container))
    finally:
        run("buildah", "umount", container)
        run("buildah", "rm", container)


@pytest.fixture(scope="session")
def stack(roots: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything that compose.yml starts, in its order."""
    stack = Stack(roots, tmp_path_factory.mktemp("image"), free_port(), free_port())
    try:
        stack.start()
        yield stack
    finally:
        stack.kill()


def free_port() -> int:
    """Not one that the kernel gives to whoever asks others: it would be taken while ours is away."""
    while True:
        port = random.randint(20_000, 30_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
