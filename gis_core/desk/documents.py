"""What people attach to the objects of a desk: which files, how large, how many, where they are kept.

PIECES = ArchivedDocuments(
    folder="permits", model=Piece, holder="permit", formats=(PDF, JPEG), most=300, check_add=..., ...
)
added = PIECES.add(permit, request.FILES.getlist("file"), rights)

Every file goes the same way: its size and number, the antivirus, what it is by its content (the locked reader), the
disk, whole or not at all, and then its row. The pages are in `gis_core.desk.document_pages`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, Final
from unicodedata import category
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.files import removals
from gis_core.files.content import FORMATS, JPEG, PHOTO, PNG, Content, Format, SentFile, read_content
from gis_core.files.kept_files import PARTIAL, write_whole
from gis_core.files.reader import Limits, PictureRecipe, RestrictedReader
from gis_core.members.rights import Rights
from gis_core.models import AttachedDocument, RetentionTime

MEGABYTE: Final = 1_048_576
LONGEST_TITLE: Final = 120
LARGEST_ID: Final = 2**63 - 1
BEING_SENT_S: Final = 86_400
"""A younger partial file may be one whose row is not there yet."""
TOO_LARGE: Final = gettext_lazy("It is larger than %(most)s MB.")


def usual_max_bytes() -> int:
    """Of one document: `ARPENT_PIECE_MAX_MB`."""
    return int(settings.PIECE_MAX_BYTES)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on the disk: its name there, its size, its SHA-256 in hexadecimal."""

    name: UUID
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Files that a desk takes, kept below `<files>/<folder>/<id of their object>/`; who may is the desk's to say."""

    folder: str
    formats: tuple[Format, ...]
    picture: PictureRecipe = PHOTO
    """How images are made anew; a second size of it is kept beside the first, as the small one."""
    suffix: str = ""
    """How the names of files end on the disk."""
    max_bytes: Callable[[], int] = usual_max_bytes
    most: int
    """How many an object has."""
    at_once: int = 1
    too_many: Promise
    """What is said of one more than the `most`, which it may name."""
    too_large: Promise = TOO_LARGE
    wrong_format: Promise

    def root(self) -> Path:
        return Path(settings.FILES_DIR) / self.folder

    def path_in(self, holder_id: int, name: UUID | str, *, small: bool = False) -> Path:
        """Where a file of an object lies: the only place that says so."""
        return self.root() / str(holder_id) / f"{name}{'-small' if small else ''}{self.suffix}"

    def check_count(self, present: int, adding: int = 1) -> None:
        """Refuse more documents than an object may have. Raises Invalid."""
        if present + adding > self.most:
            raise Invalid(str(self.too_many) % {"most": self.most}, parameter="file")

    def describe_too_large(self) -> str:
        return str(self.too_large) % {"most": self.max_bytes() // MEGABYTE}

    def reader(self) -> RestrictedReader:
        """The locked reader for what is sent at once."""
        pictures_only = {JPEG, PNG}.issuperset(self.formats)
        limits = Limits.for_pictures if pictures_only else Limits.for_documents
        return RestrictedReader(limits(self.max_bytes()))

    def read(self, file: SentFile, reader: RestrictedReader) -> Content:
        """What a file is, by its content. Raises Invalid, Unavailable."""
        if (file.size or 0) > self.max_bytes():
            raise Invalid(self.describe_too_large(), parameter="file")
        content = read_content(file, reader, accepted=self.formats, picture=self.picture)
        if content is None:
            raise Invalid(str(self.wrong_format), parameter="file")
        return content

    @contextmanager
    def store(self, holder_id: int, file: SentFile, content: Content) -> Iterator[Stored]:
        """Write a file whole; nothing of it stays where what follows fails: its row is made inside.

        Raises Unavailable (disk full).
        """
        name = uuid4()
        sizes: list[Iterable[bytes]] = [[one.content] for one in content.made] or [file.chunks()]
        with ExitStack() as stack:
            (size, sha256), *_small = [
                stack.enter_context(write_whole(self.path_in(holder_id, name, small=rank > 0), chunks))
                for rank, chunks in enumerate(sizes)
            ]
            yield Stored(name, size, sha256)


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not kept, and why."""

    name: str
    error: Invalid | Unavailable

    @property
    def why(self) -> str:
        return str(self.error.message)


@dataclass(frozen=True, slots=True)
class Added[D]:
    """What became of the files of one sending: those that can be kept are, whatever the others are."""

    kept: list[D]
    refused: list[Refused]


def no_lock(_holder: Any) -> None:
    """An object that nobody closes while a document is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedDocuments[D: AttachedDocument, H: Model](Documents):
    """Documents of administrative files, which are public archives: a removed one is kept, with who did it and why; its
    content is erased once its file is over, after its retention time, with the visa of the Archives départementales.
    """

    model: type[D]
    holder: str
    """The field of a document that names its object."""
    check_add: Callable[[H, Rights], None]
    """Who adds documents; each `check_` raises Forbidden, or Conflict where nobody may."""
    check_remove: Callable[[H, Rights], None]
    check_erase: Callable[[H, Rights], None]
    check_open: Callable[[D], None]
    """Who opens one; it writes the journal, where there is one."""
    lock: Callable[[H], None] = no_lock
    """Holds the object while a document is kept, and checks again. Raises Conflict."""
    retention: RetentionTime.Kind
    start_of: Callable[[H], date]
    """The day from which the object is there: no visa is older."""
    end_of: Callable[[H], date | None]
    """The day from which its documents are kept; None while it has not ended."""

    def rows_of(self, holder: H) -> QuerySet[Any, D]:
        return self.model._default_manager.filter(**{self.holder: holder})

    def list_current(self, holder: H) -> QuerySet[Any, D]:
        """Those that were not removed."""
        return self.rows_of(holder).filter(removed_at=None)

    def list_removed(self, holder: H) -> QuerySet[Any, D]:
        return self.rows_of(holder).exclude(removed_at=None)

    def find(self, holder: H, document_id: int) -> D:
        """A document of the object. Raises NotFound."""
        row = self.rows_of(holder).select_related(self.holder).filter(pk=min(document_id, LARGEST_ID)).first()
        if row is None:
            raise NotFound(_("There is no such piece."))
        return row

    def path_of(self, document: D) -> Path:
        return self.path_in(getattr(document, f"{self.holder}_id"), document.name)

    def add(self, holder: H, files: Sequence[SentFile], rights: Rights, **columns: Any) -> Added[D]:
        """Keep what can be kept, with these columns. Raises Forbidden, Conflict, Invalid."""
        self.check_add(holder, rights)
        if not 1 <= len(files) <= self.at_once:
            several = _("Choose 1 to %(most)s files at once.") % {"most": self.at_once}
            raise Invalid(several if self.at_once > 1 else _("Choose a file."), parameter="file")
        self.check_count(self.list_current(holder).count(), len(files))
        added = Added[D]([], [])
        with self.reader() as reader:
            for file in files:
                try:
                    added.kept.append(self.add_one(holder, file, rights, reader, columns))
                except (Invalid, Unavailable) as error:
                    added.refused.append(Refused(title_of_file(file), error))
        return added

    def add_one(
        self, holder: H, file: SentFile, rights: Rights, reader: RestrictedReader, columns: dict[str, Any]
    ) -> D:
        """Keep one file. Raises Conflict, Invalid, Unavailable; then nothing of it stays."""
        content = self.read(file, reader)
        with self.store(holder.pk, file, content) as stored, transaction.atomic():
            self.lock(holder)
            return self.model._default_manager.create(
                **{self.holder: holder, **columns},
                title=Path(title_of_file(file)).stem or _("Piece"),
                name=stored.name,
                media_type=content.format.media_type,
                active=content.active,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                added_by_id=rights.user_id,
            )

    def open(self, document: D) -> IO[bytes]:
        """Its content, to be read and closed. Raises NotFound (erased), Forbidden, Unavailable."""
        if document.erased_at:
            raise NotFound(removals.describe_erasure())
        self.check_open(document)
        try:
            return self.path_of(document).open("rb")
        except OSError as error:
            raise Unavailable(_("The content of this piece is missing: tell your administrator.")) from error

    def remove(self, document: D, *, reason: str, rights: Rights) -> None:
        """Take it out of its file; it is kept, with who did it and why. Raises Forbidden, Invalid, Conflict."""
        self.check_remove(getattr(document, self.holder), rights)
        removals.mark_removed(document, reason=reason, rights=rights)

    @transaction.atomic
    def erase(self, document: D, *, visa: tuple[str, date | None], rights: Rights) -> None:
        """Erase the content of a removed one, with the number and the day of the visa; its row stays.

        Raises Forbidden, Invalid, Conflict.
        """
        holder: H = getattr(document, self.holder)
        self.check_erase(holder, rights)
        removals.erase(
            document, self.path_of(document), filed=self.start_of(holder), kept=self.retention_of(holder),
            day=database_clock.today(), visa=visa, rights=rights,
        )  # fmt: skip

    def retention_of(self, holder: H) -> removals.Retention:
        """How long its documents are kept, from its end on."""
        owner_id: int = holder.owner_id  # type: ignore[attr-defined]
        return removals.retention(self.retention, owner_id, self.end_of(holder))

    def remove_partial_files(self) -> int:
        """Remove what was cut short a day ago while it was sent, and has no row; how many. For the worker.

        A whole file stays, even of no row: a database put back from an older backup does not name it.
        """
        known = {str(name) for name in self.model._default_manager.values_list("name", flat=True).iterator()}
        lost = [path for path in self.root().glob(f"*/*{PARTIAL}") if path.stem not in known and is_old(path)]
        for path in lost:
            path.unlink(missing_ok=True)
        return len(lost)


def file_name(document: AttachedDocument) -> str:
    """What a document is called when it is saved."""
    return f"{document.title}.{FORMATS[document.media_type].suffix}"


def title_of_file(file: SentFile) -> str:
    """What a document is called in lists: its file's name, as far as one can see it."""
    name = (file.name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in name if category(one)[0] != "C")[-LONGEST_TITLE:].strip()


def is_old(path: Path) -> bool:
    try:
        return path.is_file() and time.time() - path.stat().st_mtime > BEING_SENT_S
    except FileNotFoundError:
        return False
