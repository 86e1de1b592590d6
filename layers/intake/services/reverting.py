"""Imports that keep what they replaced (`layers.intake.source_imports`), taken back as a step of theirs."""

from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Conflict, NotFound
from gis_core.members.rights import ANONYMOUS, Rights, current_rights
from gis_core.models import SourceImport, User
from layers.intake.models import FileImport
from layers.intake.source import Progress
from layers.intake.source_imports import (
    Counts,
    check_within_rights,
    describe_counts,
    is_within_rights,
    last_day,
    revert_source_import,
)


def check_revert(made: FileImport, rights: Rights) -> None:
    """Check that an import is loaded, and that these rights may revert it. Raises NotFound where it changed nothing,
    Forbidden, Conflict where it was taken back or is forgotten.
    """
    kept = made.source_import
    if kept is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    check_within_rights(kept, rights)
    if kept.state != SourceImport.State.LOADED:
        raise Conflict(_("This import has been taken back already, or is being so."))


def revert(made: FileImport, progress: Progress) -> Counts:
    """Put back what an import replaced, as who asks for it now; how many rows went, came back, stay.

    As the worker. Raises NotFound, Conflict, Forbidden.
    """
    progress(None, _("Taking the import back"))
    if made.source_import_id is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    rights = current_rights() or ANONYMOUS
    by = User.objects.filter(pk=rights.user_id).first() if rights.user_id else None
    return revert_source_import(made.source_import_id, by=by, rights=rights)


def describe_reverting(made: FileImport, rights: Rights) -> dict[str, Any]:
    """For `intake/taking_back.html`; nothing where an import changed nothing."""
    kept = made.source_import
    if kept is None:
        return {}
    return {
        "loaded_import": kept,
        "may_take_back": is_within_rights(kept, rights),
        "until": last_day(kept),
        "undone": describe_counts(kept.counts) if kept.counts else [],
    }
