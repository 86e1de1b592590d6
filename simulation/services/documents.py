"""Documents that people attach to a project: read by who reads it, added and removed by who changes it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.documents import LONGEST_TITLE, Documents, title_of_file
from gis_core.errors import NotFound
from gis_core.files.content import JPEG, PDF, PNG, SentFile
from gis_core.files.erasing import erase
from gis_core.files.kept_files import write_whole
from gis_core.members.rights import Rights
from simulation.models import Project, ProjectDocument
from simulation.services.projects import check_may_write

DOCUMENTS = Documents(
    folder="simulations",
    formats=(PDF, JPEG, PNG),
    most=50,
    too_many=gettext_lazy("A project has at most %(most)s documents."),
    wrong_format=gettext_lazy("Send a PDF file, or an image as JPEG, PNG or WebP."),
)


PICTURES = replace(DOCUMENTS, formats=(JPEG, PNG), wrong_format=gettext_lazy("Send a picture, as PNG, JPEG or WebP."))
"""The same for pictures alone."""


def documents_of(project: Project) -> Sequence[ProjectDocument]:
    return list(ProjectDocument.objects.filter(project=project).select_related("added_by"))


def document_of(project: Project, document_id: int) -> ProjectDocument:
    """A document of a project that the user reads. Raises NotFound."""
    document = ProjectDocument.objects.filter(project=project, pk=document_id).first()
    if document is None:
        raise NotFound(_("The project has no such document."))
    return document


def pictures_of(project: Project) -> Sequence[ProjectDocument]:
    """Its documents that are pictures, the last first: views in three dimensions, photos of the place."""
    return list(
        ProjectDocument.objects.filter(
            project=project, media_type__in=[one.media_type for one in PICTURES.formats]
        ).order_by("-id")
    )


@transaction.atomic
def add_document(
    project: Project, file: SentFile, rights: Rights, *, title: str = "", kit: Documents = DOCUMENTS
) -> ProjectDocument:
    """Keep a document, by this title or the name of its file. Raises Forbidden, Invalid, Unavailable (disk full)."""
    check_may_write(project, rights)
    DOCUMENTS.check_count(ProjectDocument.objects.filter(project=project).count())
    with kit.reader() as reader:
        content = kit.read(file, reader)
    with kit.store(project.pk, file, content) as stored:
        return ProjectDocument.objects.create(
            project=project,
            name=stored.name,
            title=title[:LONGEST_TITLE] or title_of_file(file).rpartition(".")[0] or _("Document"),
            media_type=content.format.media_type,
            active=content.active,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            added_by_id=rights.user_id,
        )


@transaction.atomic
def keep_made(project: Project, title: str, content: bytes, *, user_id: int | None) -> ProjectDocument:
    """Keep a PDF that the platform made: the file whole and its row, or neither. Raises Unavailable (disk full)."""
    document = ProjectDocument(
        project=project, title=title[:LONGEST_TITLE], media_type=PDF.media_type, size_bytes=len(content),
        added_by_id=user_id,
    )  # fmt: skip
    with write_whole(DOCUMENTS.path_in(project.pk, document.name), [content]) as (_size, sha256):
        document.sha256 = sha256
        document.save()
    return document


@transaction.atomic
def remove_document(project: Project, document_id: int, rights: Rights) -> None:
    """Remove a document and its file. Raises Forbidden, NotFound."""
    check_may_write(project, rights)
    document = document_of(project, document_id)
    path = DOCUMENTS.path_in(project.pk, document.name)
    document.delete()
    transaction.on_commit(partial(erase, path))


def open_document(document: ProjectDocument) -> IO[bytes]:
    """Its content, to be read and closed. Raises NotFound."""
    try:
        return DOCUMENTS.path_in(document.project_id, document.name).open("rb")
    except OSError as error:
        raise NotFound(_("The project has no such document.")) from error
