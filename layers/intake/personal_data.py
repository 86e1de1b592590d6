"""How long what was sent to be imported is kept (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import files, rows
from gis_core.wiring.points import Later


def import_days() -> str:
    from layers.intake.services.imports import REPORTS_KEPT
    from layers.intake.source_imports import KEPT

    text = _("files that wait and replaced rows: %(days)s days; reports: %(reports)s days")
    return text % {"days": KEPT.days, "reports": REPORTS_KEPT.days}


def former_tables() -> str:
    from layers.intake.services.retiring import REPLACED_KEPT, TAKEN_BACK_KEPT

    text = _("replaced: %(replaced)s days; taken back: %(back)s days")
    return text % {"replaced": REPLACED_KEPT.days, "back": TAKEN_BACK_KEPT.days}


def inbox_days() -> str:
    from layers.intake.tasks import LEFT_BEHIND_S

    return _("%(days)s days without an import that waits for them") % {"days": LEFT_BEHIND_S // 86_400}


KINDS: Final = (
    RetentionKind(
        slug="imports",
        title=_("Imports: reports, what an import replaced"),
        what=_("What it takes to undo an import."),
        when=When.ALWAYS,
        models=("intake.FileImport", "gis_core.SourceImport", "gis_core.ReplacedRow"),
        duration=import_days,
        reason=_("long enough to notice a mistake"),
        stock=rows("intake.FileImport", "touched_at"),
        rehearse=Later("layers.intake.tasks.rehearse_forgetting"),
    ),
    RetentionKind(
        slug="former_tables",
        title=_("Former tables of replaced layers"),
        what=_("The layer as it was before it was replaced."),
        when=When.ALWAYS,
        models=("intake.FileImport",),
        duration=former_tables,
        reason=_("long enough to undo a replacement"),
        stock=Later("layers.intake.services.retiring.count_former"),
        rehearse=Later("layers.intake.services.retiring.count_over"),
    ),
    RetentionKind(
        slug="inbox",
        title=_("Files sent for an import"),
        what=_("What a person sent and no import waits for any more."),
        when=When.ALWAYS,
        models=("intake.FileImport",),
        duration=inbox_days,
        reason=_("long enough to decide on an import"),
        stock=files(Later("layers.intake.tasks.inbox")),
        rehearse=Later("layers.intake.tasks.count_left_behind"),
    ),
)
