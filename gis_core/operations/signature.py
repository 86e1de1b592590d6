"""Signatures of releases, by OpenSSH (`ssh-keygen -Y`): what is administered over SSH has it, and keys may be hardware.

Public keys are lines of `docker/release-keys` of the version that runs, and of a file of the administrator's. They have
the form of `allowed_signers` in ssh-keygen(1), so that a key may have an end (`valid-before`).
"""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError

NAMESPACE = "arpent-release"
PROGRAM = "/usr/bin/ssh-keygen"
KEYS = ROOT / "docker" / "release-keys"
MISSING = "ssh-keygen manque sur cette machine : apt-get install openssh-client, puis relancez. Rien n'a été changé."
SECONDS = 60


def sign(text: bytes, key: Path) -> bytes:
    """The signature, as OpenSSH writes it, by a private key (or the public half of one that an agent holds)."""
    with tempfile.TemporaryDirectory(prefix="arpent-signature-") as folder:
        file = Path(folder, "signed")
        file.write_bytes(text)
        done = _run(["-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE, str(file)])
        if done.returncode != 0:
            raise OperationFailedError(
                f"La clé {key} n'a pas pu signer : donnez une clé privée faite par ssh-keygen -t ed25519.", said(done)
            )
        return file.with_name("signed.sig").read_bytes()


def check_signature(text: bytes, signature: bytes, key_files: Sequence[Path]) -> str:
    """Whose signature it is. Raises OperationFailedError where it is none of the keys', or there is no key."""
    lines = [line for file in key_files if file.is_file() for line in _read_keys(file)]
    keys = [line for line in lines if line.strip() and not line.startswith("#")]
    if not keys:
        raise OperationFailedError(
            "Aucune clé publique n'est connue ici, la signature ne peut pas être vérifiée : donnez celle de qui publie"
            " Arpent, --keys FICHIER (docs/how-to/mettre-a-jour.md). Rien n'a été changé."
        )
    with tempfile.TemporaryDirectory(prefix="arpent-signature-") as folder:
        allowed, file = Path(folder, "allowed"), Path(folder, "signature")
        allowed.write_text("\n".join(keys) + "\n")
        file.write_bytes(signature)
        signer = said(_run(["-Y", "find-principals", "-s", str(file), "-f", str(allowed)])).partition("\n")[0]
        arguments = ["-f", str(allowed), "-I", signer, "-n", NAMESPACE, "-s", str(file)]
        if _run(["-Y", "verify", "-q", *arguments], text).returncode != 0:
            raise OperationFailedError(
                "Le paquet n'est signé par aucune des clés connues ici : ne l'installez pas, téléchargez-le de nouveau"
                " et demandez sa clé à qui le publie. Rien n'a été changé."
            )
    return signer


def _read_keys(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationFailedError(
            f"{file} ne peut pas être lu comme un texte : donnez le fichier des clés publiques (--keys), pas le paquet"
            " ni une clé privée. Rien n'a été changé."
        ) from error


def said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return (done.stdout + done.stderr).decode(errors="replace").strip()


def _run(arguments: list[str], given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            [PROGRAM, *arguments], input=given, capture_output=True, check=False, timeout=SECONDS, cwd="/"
        )
    except FileNotFoundError as error:
        raise OperationFailedError(MISSING) from error
    except subprocess.TimeoutExpired as error:
        raise OperationFailedError("ssh-keygen attend une phrase de passe : chargez la clé dans ssh-agent.") from error
