"""Whether the committed translations are complete: nothing missing, nothing doubtful, nothing unused."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from gis_core.operations.environment import PYTHON, ROOT
from gis_core.operations.failure import OperationFailedError

LANGUAGE = "fr"
READ_SUFFIXES = {".py", ".html", ".txt", ".po", ".csv"}
FAULTS = {
    "--untranslated": "sans traduction",
    "--only-fuzzy": "à relire (fuzzy)",
    "--only-obsolete": "inutilisées",
}


def translation_faults(env: dict[str, str]) -> str | None:
    """What makemessages would change in the committed files, in words; None when there is nothing.

    It works on a copy, so that checking never edits a file.
    """
    with tempfile.TemporaryDirectory(prefix="arpent-messages-") as folder:
        copy = Path(folder)
        _copy_sources(copy)
        command = [str(PYTHON), "manage.py", "makemessages", "--locale", LANGUAGE, "--ignore", "tests"]
        result = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return result.stdout + result.stderr
        faults = [fault for path in sorted(copy.rglob("django.po")) for fault in catalogue_faults(path, copy)]
    return "\n".join(faults) or None


def _copy_sources(copy: Path) -> None:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        raise OperationFailedError("git ne répond pas ici : ./arpent check se lance dans un clone du dépôt.")
    for name in filter(None, listing.stdout.decode().split("\0")):
        source = ROOT / name
        if source.suffix in READ_SUFFIXES and source.is_file() and not name.startswith("webmap/"):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def catalogue_faults(path: Path, root: Path) -> list[str]:
    """The faults of one catalogue that makemessages has just brought up to date."""
    faults = []
    for option, label in FAULTS.items():
        messages = _messages(path, option)
        faults += [f"{path.relative_to(root)} : {label} : {message}" for message in messages]
    return faults


def _messages(path: Path, option: str) -> list[str]:
    keep_obsolete = [] if option == "--only-obsolete" else ["--no-obsolete"]
    command = ["msgattrib", option, *keep_obsolete, "--no-wrap", "--force-po", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.removeprefix("#~ ") for line in result.stdout.splitlines()]
    return [line.removeprefix("msgid ") for line in lines if line.startswith("msgid ") and line != 'msgid ""']
