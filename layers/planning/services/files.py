"""Written pieces and acts (PDF): kept in one folder for each delivery, found by their names, read by everybody."""

import shutil
import time
import uuid
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import NotFound, Unavailable
from gis_core.files.erasing import erase
from gis_core.files.reader.child.names import plain
from layers.intake.source_imports import current_import, values_in_replaced
from layers.planning.cnig import piece_name
from layers.planning.models import Document, EasementSet

LEFT_BEHIND_S = 86_400
OWNERS: Final = (Document, EasementSet)


def root() -> Path:
    return Path(settings.FILES_DIR) / "planning"


def store_documents(documents: Iterable[tuple[str, Path]]) -> tuple[str, list[dict[str, Any]]]:
    """Copy pieces (path in the delivery, where it lies) into a new folder: its name and what is in it.

    Raises Unavailable (disk full). A folder that no row names is swept at night.
    """
    folder, files = uuid.uuid4().hex, dict[str, dict[str, Any]]()
    try:
        (root() / folder).mkdir(parents=True)
        for path, source in documents:
            name = free(plain(path.rpartition("/")[2]), files)
            shutil.copyfile(source, root() / folder / name)
            files[name.lower()] = {"name": name, "path": path, "size": source.stat().st_size}
    except OSError as error:
        shutil.rmtree(root() / folder, ignore_errors=True)
        raise Unavailable(_("The file cannot be kept: the disk is full or not writable.")) from error
    return folder, list(files.values())


def page_of_zone(files: Iterable[dict[str, Any]], name: str, zone: str) -> int | None:
    """The page on which the piece that a row names begins a zone, as its outline said at import; None else."""
    wanted = piece_name(name).lower()
    documents = (one for one in files if one["path"].rpartition("/")[2].lower() == wanted)
    pages: dict[str, int] = next(documents, {}).get("pages", {})
    return pages.get(zone)


def free(name: str, taken: Iterable[str]) -> str:
    """The name, with a number before it where another piece has it."""
    number, made = 1, name
    while made.lower() in taken:
        number += 1
        made = f"{number}-{name}"
    return made


def forget(folder: str) -> None:
    """Remove the folder of what was replaced, once that is certain; not while the import may be taken back."""
    if current_import():
        return
    transaction.on_commit(partial(erase, root() / folder))


def address_of(folder: str, files: Iterable[dict[str, Any]], name: str) -> str:
    """The address of the piece that a row names, "" when it was not delivered."""
    wanted = piece_name(name).lower()
    path = next((one["name"] for one in files if one["path"].rpartition("/")[2].lower() == wanted), "")
    return f"/api/v1/planning/files/{folder}/{path}" if path else ""


def piece(folder: str, name: str) -> Path:
    """A piece that a document or a set of easements has. Raises NotFound."""
    for model in OWNERS:
        files = model.objects.filter(folder=folder).values_list("files", flat=True).first()
        if files is not None and any(one["name"] == name for one in files):
            return root() / folder / name
    raise NotFound(_("There is no such piece."))


def sweep() -> int:
    """Remove folders that no row names, a day after they came; how many."""
    known = {folder for model in OWNERS for folder in model.objects.values_list("folder", flat=True)}
    known |= {folder for model in OWNERS for folder in values_in_replaced(model._meta.db_table, "folder")}
    old = time.time() - LEFT_BEHIND_S
    gone = [one for one in root().glob("*") if one.name not in known and one.stat().st_mtime < old]
    for folder in gone:
        erase(folder)
    return len(gone)
