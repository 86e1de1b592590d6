"""A bundle is what its publisher signed, or is refused in one sentence before anything is unpacked."""

import json
import subprocess
import tarfile
from dataclasses import asdict
from pathlib import Path

import pytest

from gis_core.operations import bundle, signature
from gis_core.operations.bundle import Facts
from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import from_bundle
from gis_core.operations.installation.from_bundle import Packed
from gis_core.operations.installation.layout import Layout
from gis_core.operations.upgrade.checks import check_path

FACTS = Facts("9.1.0", "0" * 40, "0.2.0", 17, "3.13", *bundle.this_machine())


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key pair made for these tests, `key` and `key.pub`, and the list `release-keys` that knows it."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    kind, public = (folder / "key.pub").read_text().split()[:2]
    (folder / "release-keys").write_text(f'releases@test namespaces="arpent-release" {kind} {public}\n')
    return folder


@pytest.fixture
def packed(tmp_path: Path, keys: Path) -> Path:
    return pack(tmp_path, keys / "key")


def pack(tmp_path: Path, key: Path | None, facts: Facts = FACTS) -> Path:
    """A small bundle of a version that holds two files."""
    folder = tmp_path / f"arpent-{facts.version}"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "a.whl").write_bytes(b"wheel")
    (folder / bundle.FACTS).write_text(json.dumps(asdict(facts)))
    code = tmp_path / "code"
    code.mkdir()
    (code / "arpent").write_text("#!/bin/sh\n")
    with tarfile.open(folder / bundle.SOURCE, "w:gz") as archive:
        archive.add(code / "arpent", "arpent")
    bundle.write_sums(folder, key)
    bundle.pack(folder, tmp_path / "bundle.tar")
    return tmp_path / "bundle.tar"


def read(source: Path, keys: Path, *, unsigned: bool = False) -> Facts:
    with bundle.open_bundle(source, [keys / "release-keys"], source.parent, unsigned=unsigned) as (_folder, facts):
        return facts


def refusal(source: Path, keys: Path) -> str:
    """The sentence; nothing stays of what was unpacked."""
    before = sorted(source.parent.iterdir())
    with pytest.raises(OperationFailedError) as failure:
        read(source, keys)
    assert sorted(source.parent.iterdir()) == before
    return failure.value.message


def test_what_was_signed_is_read_and_unpacked(packed: Path, keys: Path, tmp_path: Path):
    with bundle.open_bundle(packed, [keys / "release-keys"], tmp_path, unsigned=False) as (folder, facts):
        bundle.unpack_version(folder, tmp_path / "new")
    assert facts == FACTS
    assert (tmp_path / "new" / "arpent").exists()
    assert (tmp_path / "new" / ".bundle" / "wheels" / "a.whl").read_bytes() == b"wheel"


def test_an_unpacked_bundle_is_read_as_its_file_is(packed: Path, keys: Path):
    assert read(packed.parent / "arpent-9.1.0", keys) == FACTS


def test_its_checksums_are_those_of_sha256sum(packed: Path):
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=packed.parent / "arpent-9.1.0")
    assert done.returncode == 0


def test_another_key_is_refused(tmp_path: Path, keys: Path):
    assert "signé par aucune des clés connues" in refusal(pack(tmp_path, keys / "stranger"), keys)


def test_a_key_that_signs_for_something_else_is_refused(packed: Path, keys: Path, tmp_path: Path):
    other = tmp_path / "keys"
    other.mkdir()
    text = (keys / "release-keys").read_text()
    (other / "release-keys").write_text(text.replace("arpent-release", "git"))
    assert "signé par aucune des clés connues" in refusal(packed, other)


def test_without_a_public_key_nothing_is_taken(packed: Path, tmp_path: Path):
    assert "Aucune clé publique" in refusal(packed, tmp_path)


def test_without_a_signature_it_is_refused_unless_asked_for(tmp_path: Path, keys: Path):
    packed = pack(tmp_path, None)
    assert "n'est pas signé" in refusal(packed, keys)
    assert read(packed, keys, unsigned=True) == FACTS


def test_one_changed_byte_is_named(packed: Path, keys: Path):
    content = packed.read_bytes()
    packed.write_bytes(content.replace(b"wheel\0", b"whale\0"))
    assert "est abîmé (wheels/a.whl)" in refusal(packed, keys)


def test_changed_checksums_no_longer_fit_the_signature(packed: Path, keys: Path):
    content = packed.read_bytes()
    packed.write_bytes(content.replace(b"  wheels/a.whl", b"  wheels/b.whl", 1))
    assert "signé par aucune des clés connues" in refusal(packed, keys)


def test_a_file_too_many_is_refused(packed: Path, keys: Path):
    with tarfile.open(packed, "a") as archive:
        archive.add(__file__, "arpent-9.1.0/wheels/more.whl")
    assert "wheels/more.whl" in refusal(packed, keys)


def test_a_path_that_leaves_its_folder_is_refused(packed: Path, keys: Path):
    with tarfile.open(packed, "a") as archive:
        archive.add(__file__, "arpent-9.1.0/../../escaped")
    assert "n'est pas un paquet d'Arpent" in refusal(packed, keys)


def test_half_a_download_is_refused(packed: Path, keys: Path):
    packed.write_bytes(packed.read_bytes()[:3000])
    assert "tronqué" in refusal(packed, keys) or "abîmé" in refusal(packed, keys)


def test_something_else_is_refused(keys: Path, tmp_path: Path):
    (tmp_path / "photo.tar").write_bytes(b"x" * 5000)
    assert "n'est pas un paquet d'Arpent" in refusal(tmp_path / "photo.tar", keys)


def test_a_missing_file_is_named(keys: Path, tmp_path: Path):
    assert "n'existe pas" in refusal(tmp_path / "none.tar", keys)


@pytest.mark.parametrize(
    ("version", "oldest", "former", "sentence"),
    [
        ("0.2.0", "0.2.0", "0.2.0", "déjà la version installée"),
        ("0.2.9", "0.2.0", "0.10.0", "plus ancien que la version installée"),
        ("2.0.0", "1.0.0", "0.2.0", "passez d'abord par 1.0.0"),
    ],
)
def test_versions_that_do_not_follow_are_refused(version: str, oldest: str, former: str, sentence: str):
    facts = Facts(version, "", oldest, 17, "3.13", "x86_64", "13")
    with pytest.raises(OperationFailedError, match=sentence):
        check_path(facts, former)


def test_what_is_packed_was_tried_by_the_suite():
    bundle.check_locked("django==6.1.1 \\\n", "django==6.1.1 \\\npytest==9\n")
    with pytest.raises(OperationFailedError, match=r"django==6\.1\.2"):
        bundle.check_locked("django==6.1.2 \\\n", "django==6.1.1 \\\n")


def test_the_repository_holds_no_private_key():
    assert "PRIVATE" not in signature.KEYS.read_text()


# -- installed from --------------------------------------------------------------------------------------------------


def test_what_is_installed_from_a_bundle_is_its_code_checked(packed: Path, keys: Path, tmp_path: Path):
    layout = Layout(tmp_path, version="9.1.0")
    with from_bundle.unpacked(Packed(packed, keys / "release-keys"), layout) as found:
        assert (found.source / "arpent").exists()
        assert (found.source / ".bundle" / "wheels" / "a.whl").exists()
    assert not found.source.exists()


def test_a_bundle_that_is_not_to_be_installed_is_refused(packed: Path, keys: Path, tmp_path: Path):
    def refused(version: str, keys_file: Path) -> str:
        with (
            pytest.raises(OperationFailedError) as failure,
            from_bundle.unpacked(Packed(packed, keys_file), Layout(tmp_path, version=version)),
        ):
            pass
        return failure.value.message

    assert "Aucune clé publique n'est connue" in refused("9.1.0", tmp_path / "absent")
    assert "lancez ./install dans son dossier" in refused("9.0.0", keys / "release-keys")
    (tmp_path / "opt/arpent").mkdir(parents=True)
    (tmp_path / "opt/arpent/current").symlink_to("9.0.0")
    assert "Arpent 9.0.0 est déjà installé ici" in refused("9.1.0", keys / "release-keys")


@pytest.mark.parametrize(
    ("key", "options", "damage", "said"),
    [
        ("stranger", ["--keys", "release-keys"], b"", "n’est pas signé par cette clé"),
        ("key", ["--keys=release-keys"], b"x", "est abîmé"),
        ("key", ["--keys", "absent"], b"", "Donnez la clé publique"),
        ("key", ["--keys", "release-keys"], b"", "installed with --bundle"),
    ],
)
def test_an_unpacked_bundle_installs_itself_once_it_is_checked(
    tmp_path: Path, keys: Path, key: str, options: list[str], damage: bytes, said: str
):
    """The command that its code would run says here with what it was called."""
    folder = tmp_path / "arpent-9.1.0"
    folder.mkdir()
    command = tmp_path / "arpent"
    command.write_text('#!/bin/sh\necho "installed with $2 $3"\n')
    command.chmod(0o755)
    with tarfile.open(folder / bundle.SOURCE, "w:gz") as archive:
        archive.add(command, "arpent")
    (folder / "install").write_bytes((ROOT / "docker" / "install-bundle.sh").read_bytes())
    bundle.write_sums(folder, keys / key)
    (folder / bundle.SOURCE).write_bytes((folder / bundle.SOURCE).read_bytes() + damage)
    done = subprocess.run(["sh", folder / "install", *options], cwd=keys, capture_output=True, text=True, check=False)
    assert said in done.stdout + done.stderr
    assert (done.returncode == 0) is said.startswith("installed")
