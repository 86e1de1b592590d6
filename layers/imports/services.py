"""Starting imports: keep what was sent, queue the job, as far as the asker's role allows."""

import shutil
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Invalid, Unavailable
from gis_core.models import Job, Member, User
from gis_core.rights import Rights
from gis_core.services.jobs import jobs_seen_by, start_job
from gis_core.services.members import administered_member
from layers.imports.sources import date_given, source_named

KIND = "import"
MOST_FILES = 20
LONGEST_NAME = 100
SHOWN_JOBS = 50


class Sent(Protocol):
    """An uploaded file."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


def member_for(slug: str, rights: Rights) -> Member | None:
    """The member that an import is for. Only the agency may import for nobody in particular.

    Raises Forbidden for whoever administers nothing, NotFound for a member that is not the asker's, Invalid when it has
    to be said which.
    """
    if not rights.administers:
        raise Forbidden(_("Only GIS administrators import data."))
    if slug:
        return administered_member(rights=rights, slug=slug)
    if rights.agency:
        return None
    members = list(Member.objects.administered_by(rights)[:2])
    if len(members) != 1:
        raise Invalid(_("“member” must say for which member the import is."), parameter="member")
    return members[0]


def start_import(
    *, source: str, member: str, files: Sequence[Sent], user: User, rights: Rights, source_date: str = ""
) -> Job:
    """Keep the files in the inbox and queue their import; the files go when the transaction does not hold.

    `source_date` is the date of the data (YYYY-MM-DD), empty for the one that the files say.
    Raises Invalid, Forbidden, NotFound, Unavailable (disk full).
    """
    owner, kind = member_for(member, rights), source_named(source)
    dated = date_given(source_date).isoformat() if source_date else None
    check_files(files)
    folder = Path(settings.INBOX_DIR) / uuid.uuid4().hex
    try:
        names = [keep(file, folder) for file in files]
        with transaction.atomic():
            parameters = {"source": source, "folder": folder.name, "files": names, "date": dated}
            title = f"{kind.label} · {', '.join(names)}"
            return start_job(kind=KIND, title=title, owner=owner, started_by=user, parameters=parameters, rights=rights)
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
        raise Invalid(_("At most %(most)s files can be imported at once.") % {"most": MOST_FILES}, parameter="file")


def keep(file: Sent, folder: Path) -> str:
    """Write an uploaded file into the folder under a harmless name; returns the name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = harmless(file.name or "")
    if (folder / name).exists():
        raise Invalid(_("Two files are called %(name)s.") % {"name": name}, parameter="file")
    with (folder / name).open("xb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return name


def harmless(name: str) -> str:
    """A file name without folders or anything but letters, digits, dots, dashes and underscores."""
    bare = name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    try:
        return get_valid_filename(bare)[-LONGEST_NAME:].lstrip(".") or "fichier"
    except ValueError:
        return "fichier"


def past_imports(rights: Rights) -> QuerySet[Job]:
    """The latest imports that the asker may see, newest first."""
    return jobs_seen_by(rights).filter(kind=KIND).select_related("owner", "started_by")[:SHOWN_JOBS]
