"""The inbox: what was sent, kept in one folder per delivery until nobody needs it any more."""

import hashlib
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from gis_core.errors import Invalid, Unavailable

MOST_FILES = 20
LONGEST_NAME = 100


class Sent(Protocol):
    """An uploaded file."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


@contextmanager
def keep_files(files: Sequence[Sent]) -> Iterator[tuple[str, list[str]]]:
    """Keep the files in a folder of the inbox: its name and theirs. The folder goes when what follows fails.

    Raises Invalid, Unavailable (disk full).
    """
    check_files(files)
    folder = Path(settings.INBOX_DIR) / uuid.uuid4().hex
    try:
        yield folder.name, [keep(file, folder) for file in files]
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable(_("The file cannot be kept: the disk is full or not writable.")) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def check_files(files: Sequence[Sent]) -> None:
    if not files:
        raise Invalid(_("Choose at least one file."), parameter="file")
    if len(files) > MOST_FILES:
        raise Invalid(
            _("At most %(most)s files can be sent at once: put them into one ZIP file.") % {"most": MOST_FILES},
            parameter="file",
        )


def keep(file: Sent, folder: Path) -> str:
    """Write an uploaded file into the folder under a harmless name; returns the name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = harmless(file.name or "")
    if same := next((one.name for one in folder.iterdir() if one.name.lower() == name.lower()), ""):
        raise Invalid(describe_same_names(same, name), parameter="file")
    with (folder / name).open("xb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return name


def describe_same_names(first: str, second: str) -> str:
    """Why two files cannot come in together: a file and its companions belong together whatever the case of names."""
    if first == second:
        return _("Two files are called %(name)s.") % {"name": first}
    message = _("%(first)s and %(second)s differ by upper and lower case alone: rename one of them.")
    return message % {"first": first, "second": second}


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def harmless(name: str) -> str:
    """A file name without folders or anything but letters, digits, dots, dashes and underscores."""
    bare = name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    try:
        return get_valid_filename(bare)[-LONGEST_NAME:].lstrip(".") or "fichier"
    except ValueError:
        return "fichier"
