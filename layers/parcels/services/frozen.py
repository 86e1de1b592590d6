"""Freezing a sheet: numbered, hashed, kept with its PDF file; read again years later as it was."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.database.statements import fetch_one
from gis_core.members.rights import Rights
from gis_core.models import Member, User
from layers.parcels.document import pdf_of
from layers.parcels.models import FrozenSheet
from layers.parcels.plan import draw
from layers.parcels.sections import Ground, Reader
from layers.parcels.services.sheets import sheet_of

NEXT = "select nextval(pg_get_serial_sequence('parcels_frozensheet', 'id'))"


@transaction.atomic
def freeze(ground: Ground, *, title: str, user: User, reader: Reader, site: str) -> FrozenSheet:
    """Keep what is said of the ground now. Raises Unavailable when a section cannot be read: nothing is kept."""
    sheet = compose_sheet(ground, title=title, user=user, reader=reader, site=site)
    sheet.owner = owner_for(reader.rights)
    sheet.save(force_insert=True)
    return sheet


def compose_sheet(ground: Ground, *, title: str, user: User, reader: Reader, site: str) -> FrozenSheet:
    """A sheet with its number and its PDF, not yet kept, nobody's yet."""
    from layers.parcels.aerial import aerial_of

    sheet = sheet_of(ground, reader)
    content = as_kept(sheet.without_private().as_json())
    digest = digest_of(content)
    made_at = database_clock.now()
    (pk,) = fetch_one(NEXT)
    number = f"FP-{timezone.localtime(made_at).year}-{pk:06d}"
    plan = draw(ground, reader)
    heading = {"title": title, "author": str(user), "site": site, "number": number, "digest": digest}
    pdf = pdf_of(content, plan, aerial_of(ground, plan, reader.rights), **heading)
    return FrozenSheet(
        pk=pk,
        number=number,
        title=title,
        started_by=user,
        made_at=made_at,
        day=ground.day,
        content=content,
        content_sha256=digest,
        pdf=pdf,
    )


def as_kept(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as PostgreSQL gives it back: its numbers know no −0.0, which would be hashed as another text."""
    kept: dict[str, Any] = json.loads(json.dumps(content), parse_float=lambda text: float(text) + 0.0)
    return kept


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON with sorted names and no spaces (UTF-8)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def owner_for(rights: Rights) -> Member | None:
    """The member for which the asker may write, where there is a single one; else the sheet is theirs alone."""
    members = rights.writers()
    return Member.objects.filter(pk=members[0]).first() if len(members) == 1 else None


def get_frozen_sheet(number: str, rights: Rights) -> FrozenSheet:
    """The kept sheet of this number, if the user may see it. Raises NotFound."""
    return first_of(FrozenSheet.objects.visible_to(rights).filter(number=number))
