"""`./arpent bundle`: one file with a version of Arpent and all that it needs, for machines without internet.

It is a tar of one folder, `arpent-<version>/`: first `SHA256SUMS` and its signature `SHA256SUMS.sig`, then what they
are about: `bundle.json` (what it is and what it runs on), `source.tar.gz` (the code and the built map), `wheels/` and
`production.lock`, `debian-packages.txt`, `sbom/`, where they were asked for `debs/`, and `install`, which installs it.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from gis_core.operations import bill_of_materials, signature
from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.preflight import MIB
from gis_core.operations.progress import say, step
from gis_core.operations.versions import OLDEST, POSTGRESQL
from gis_core.version import VERSION

SUMS, SIGNATURE, FACTS, SOURCE = "SHA256SUMS", "SHA256SUMS.sig", "bundle.json", "source.tar.gz"
WHEELS, DEBS, LOCK, PACKAGES, SBOM = "wheels", "debs", "production.lock", "debian-packages.txt", "sbom"
INSTALL = "install"
# Where the wheels and packages of a bundle lie in an unpacked version; `docker/provision.sh` installs from there.
OFFLINE = ".bundle"
# Of the repository, what a machine that runs Arpent never opens.
LEFT_OUT = (".ci", "tests", "webmap/src", "webmap/tests", "docs/adr", "conftest.py")
MOST_MEMBERS = 5000
# Of what nobody has checked yet, and of one file of a signed bundle.
MOST_SUMS_BYTES, MOST_MEMBER_BYTES = 2 * MIB, 2048 * MIB
LINE = re.compile(r"([0-9a-f]{64})  ([^/\n][^\n]*)")
VERSION_FORM = re.compile(r"\d{1,4}(\.\d{1,4}){1,3}")
DAMAGED = "Téléchargez-le de nouveau. Rien n'a été changé."


@dataclass(frozen=True)
class Facts:
    """What a bundle is and what it runs on; `oldest` is the first version that it can be upgraded from."""

    version: str
    commit: str
    oldest: str
    postgresql: int
    python: str
    machine: str
    debian: str


def this_machine() -> tuple[str, str]:
    """Processor and Debian version that wheels and packages are made for, as `x86_64`, `13`."""
    lines = Path("/etc/os-release").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return platform.machine(), values.get("VERSION_ID", "").strip('"')


# -- making one -------------------------------------------------------------------------------------------------------


def make(target: Path | None, *, key: Path | None, with_debs: bool) -> int:
    """Write the bundle of the committed code under another name and rename it: the target is whole or absent."""
    target = (target or Path(f"arpent-{VERSION}.tar")).absolute()
    check_clean()
    try:
        with tempfile.TemporaryDirectory(prefix=".arpent-bundle-", dir=target.parent) as scratch:
            folder = Path(scratch, f"arpent-{VERSION}")
            folder.mkdir()
            with step("Code et carte"):
                write_source(folder / SOURCE)
            with step("Bibliothèques Python"):
                download_wheels(folder)
            write_packages(folder, with_debs=with_debs)
            write_sbom(folder)
            write_facts(folder)
            shutil.copy(ROOT / "docker" / "install-bundle.sh", folder / INSTALL)
            write_sums(folder, key)
            unfinished = Path(scratch, "bundle")
            pack(folder, unfinished)
            unfinished.replace(target)
    except OSError as error:
        raise OperationFailedError(f"Impossible d'écrire {target} : {error.strerror}.") from error
    signed = "signé" if key else "sans signature : personne ne pourra l'installer sans --unsigned"
    say(f"Paquet : {target} ({target.stat().st_size // MIB} Mio), {signed}.")
    return 0


def check_clean() -> None:
    """What is packed is a commit, which can be found again."""
    if not (ROOT / ".git").exists():
        raise OperationFailedError("Un paquet se fait dans un clone git d'Arpent : il n'y en a pas ici.")
    if not (ROOT / "webmap" / "dist" / ".arpent-built").is_file():
        raise OperationFailedError("La carte n'est pas construite : lancez ./arpent demo une fois, puis relancez.")
    if changed := git("status", "--porcelain").decode().split("\n")[0]:
        raise OperationFailedError(
            f"Des fichiers ne sont pas enregistrés dans git ({changed.strip()}) : faites un commit, puis relancez."
        )


def git(*arguments: str) -> bytes:
    return run(["git", "-C", str(ROOT), *arguments])


def run(command: list[str], cwd: Path | None = None) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd)
    if done.returncode != 0:
        raise OperationFailedError(
            f"{Path(command[0]).name} a échoué : corrigez la cause ci-dessus, puis relancez.",
            done.stderr.decode(errors="replace")[-2000:],
        )
    return done.stdout


def write_source(target: Path) -> None:
    """The committed code without what only developers need, and the built map."""
    tar = target.with_suffix("")
    left_out = [f":(exclude){name}" for name in LEFT_OUT]
    git("archive", "--format=tar", f"--output={tar}", "HEAD", "--", ".", *left_out)
    with tarfile.open(tar, "a") as archive:
        archive.add(ROOT / "webmap" / "dist", "webmap/dist", filter=as_root)
    with tar.open("rb") as source, subprocess.Popen(["gzip", "-6n"], stdin=source, stdout=subprocess.PIPE) as gzip:
        assert gzip.stdout is not None
        with target.open("wb") as packed:
            shutil.copyfileobj(gzip.stdout, packed)
    tar.unlink()


def as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whoever packs it is no user of the machine that unpacks it."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def download_wheels(folder: Path) -> None:
    """What runs Arpent and no developer's tool, at the versions and with the hashes of `requirements.lock`; and uv."""
    uv, pip, lock = str(ROOT / ".boot/bin/uv"), str(ROOT / ".boot/bin/pip"), folder / LOCK
    options = ["--universal", "--python-version", "3.13", "--generate-hashes", "--no-emit-index-url", "--no-header"]
    constraint = ["--constraints", str(ROOT / "requirements.lock")]
    run([uv, "pip", "compile", "-q", *options, "pyproject.toml", *constraint, "-o", str(lock)], cwd=ROOT)
    check_locked(lock.read_text(), (ROOT / "requirements.lock").read_text())
    download = [pip, "download", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    for pins in (lock, ROOT / "docker" / "uv.lock"):
        run([*download, "--only-binary=:all:", "-r", str(pins), "-d", str(folder / WHEELS)])


def check_locked(production: str, locked: str) -> None:
    """Every version that is packed is one that the suite ran with."""
    pins = set(re.findall(r"^\S+==\S+", locked, re.M))
    if strange := sorted(set(re.findall(r"^\S+==\S+", production, re.M)) - pins):
        raise OperationFailedError(f"requirements.lock n'a pas {strange[0]} : refaites-le, puis relancez.")


def write_packages(folder: Path, *, with_debs: bool) -> None:
    """The Debian packages that Arpent needs; with the packages themselves and all that they need where asked for."""
    provision = str(ROOT / "docker" / "provision.sh")
    (folder / PACKAGES).write_bytes(run([provision, "packages"]))
    if with_debs:
        with step("Paquets Debian"):
            run([provision, "debs", str(folder / DEBS)])


def write_sbom(folder: Path) -> None:
    """The list of components (CycloneDX) and their licences."""
    if bill_of_materials.write(folder / SBOM) != 0:
        raise OperationFailedError("Une licence empêche de publier cette version : voyez ci-dessus.")


def write_facts(folder: Path) -> None:
    machine, debian = this_machine()
    commit = git("rev-parse", "HEAD").decode().strip()
    facts = Facts(VERSION, commit, OLDEST, POSTGRESQL, "3.13", machine, debian)
    (folder / FACTS).write_text(json.dumps(asdict(facts), indent=1) + "\n")


def write_sums(folder: Path, key: Path | None) -> None:
    """Checksums of everything in the folder, and their signature where there is a key."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines))
    if key:
        (folder / SIGNATURE).write_bytes(signature.sign((folder / SUMS).read_bytes(), key))


def pack(folder: Path, target: Path) -> None:
    """The checksums come first: what follows is checked while it is read."""
    first = [path for path in (folder / SUMS, folder / SIGNATURE) if path.exists()]
    others = sorted(path for path in folder.rglob("*") if path.is_file() and path not in first)
    with tarfile.open(target, "w") as archive:
        for path in [*first, *others]:
            archive.add(path, f"{folder.name}/{path.relative_to(folder).as_posix()}", filter=as_root)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# -- reading one ------------------------------------------------------------------------------------------------------


@contextmanager
def open_bundle(source: Path, key_files: list[Path], scratch: Path, *, unsigned: bool) -> Iterator[tuple[Path, Facts]]:
    """A folder that holds what a bundle (its file, or itself unpacked) does, every file as its signed checksums say.

    It lies in `scratch`, where nobody else writes, and goes at the end. Raises OperationFailedError.
    """
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=scratch) as name:
        folder = Path(name)
        try:
            if source.is_dir():
                copy_folder(source, folder)
            else:
                unpack_file(source, folder, lambda: check_sums(source, folder, key_files, unsigned=unsigned))
        except FileNotFoundError as error:
            raise OperationFailedError(f"{source} n'existe pas : donnez le fichier d'un paquet d'Arpent.") from error
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise OperationFailedError(f"{source} n'est pas un paquet d'Arpent, ou est tronqué. {DAMAGED}") from error
        except OSError as error:
            raise OperationFailedError(f"{source} ne peut pas être déballé : {error.strerror}.") from error
        check_folder(source, folder, key_files, unsigned=unsigned)
        yield folder, read_facts(source, folder)


def copy_folder(source: Path, folder: Path) -> None:
    shutil.copytree(source, folder, dirs_exist_ok=True, symlinks=True)


def unpack_file(source: Path, folder: Path, check: Callable[[], object]) -> None:
    """Regular files of one folder only, without that folder; before anything but the signed checksums, `check`."""
    checked = False
    with tarfile.open(source) as archive:
        for count, member in enumerate(archive):
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isreg() or not parts or ".." in parts or count > MOST_MEMBERS:
                raise ValueError(member.name)
            is_first = parts in ((SUMS,), (SIGNATURE,))
            if member.size > (MOST_SUMS_BYTES if is_first else MOST_MEMBER_BYTES):
                raise ValueError(member.name)
            if not is_first and not checked:
                check()
                checked = True
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None
            with target.open("xb") as file:
                copy_whole(content, file, member.size)


def copy_whole(content: IO[bytes], file: IO[bytes], size: int) -> None:
    """EOFError where it ends before."""
    shutil.copyfileobj(content, file, MIB)
    file.flush()
    if os.fstat(file.fileno()).st_size != size:
        raise EOFError


def check_sums(source: Path, folder: Path, key_files: list[Path], *, unsigned: bool) -> dict[str, str]:
    """The checksum that each file should have, by its name, once their signature is good."""
    try:
        sums = (folder / SUMS).read_bytes()
        present_signature = None if unsigned else (folder / SIGNATURE).read_bytes()
    except OSError as error:
        what = "n'est pas un paquet d'Arpent" if not (folder / SUMS).exists() else "n'est pas signé"
        raise OperationFailedError(f"{source} {what} : ne l'installez pas. Rien n'a été changé.") from error
    if present_signature is not None:
        signature.check_signature(sums, present_signature, key_files)
    return {name: digest for digest, name in LINE.findall(sums.decode(errors="replace"))}


def check_folder(source: Path, folder: Path, key_files: list[Path], *, unsigned: bool) -> None:
    """The signature first, then every file against its checksum; none too many, none absent."""
    wanted = check_sums(source, folder, key_files, unsigned=unsigned)
    files = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    present = {path.relative_to(folder).as_posix(): path for path in files}
    present = {name: path for name, path in present.items() if name not in (SUMS, SIGNATURE)}
    wrong = {name for name in wanted.keys() & present.keys() if is_changed(present[name], wanted[name])}
    if damaged := sorted((wanted.keys() ^ present.keys()) | wrong):
        raise OperationFailedError(f"{source} est abîmé ({', '.join(damaged[:3])}). {DAMAGED}")


def is_changed(path: Path, digest: str) -> bool:
    return path.is_symlink() or digest_of(path) != digest


def read_facts(source: Path, folder: Path) -> Facts:
    """What the bundle is; its version is one that may name a folder."""
    try:
        facts = Facts(**json.loads((folder / FACTS).read_text()))
        sound = VERSION_FORM.fullmatch(facts.version) and VERSION_FORM.fullmatch(facts.oldest)
    except (OSError, ValueError, TypeError) as error:
        raise OperationFailedError(f"{source} ne dit pas ce qu'il est ({FACTS}). {DAMAGED}") from error
    if not sound:
        raise OperationFailedError(f"{source} ne dit pas sa version ({FACTS}). {DAMAGED}")
    return facts


def unpack_version(folder: Path, target: Path) -> None:
    """The code of a checked bundle in a folder of its own, with the wheels and packages that it is installed from."""
    with tarfile.open(folder / SOURCE) as archive:
        archive.extractall(target, filter="tar")
    (target / OFFLINE).mkdir()
    for name in (WHEELS, LOCK, DEBS, FACTS, PACKAGES, SBOM):
        if (folder / name).exists():
            (folder / name).rename(target / OFFLINE / name)
