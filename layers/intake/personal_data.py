"""How long what was sent to be imported is kept (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import files, rows
from gis_core.wiring.points import Later


def import_days() -> str:
    from layers.intake.services.imports import REPORTS_KEPT
    from layers.intake.source_imports import KEPT

    return f"fichiers en attente et lignes remplacées : {KEPT.days} jours ; rapports : {REPORTS_KEPT.days} jours"


def former_tables() -> str:
    from layers.intake.services.retiring import REPLACED_KEPT, TAKEN_BACK_KEPT

    return f"remplacées : {REPLACED_KEPT.days} jours ; reprises : {TAKEN_BACK_KEPT.days} jours"


def inbox_days() -> str:
    from layers.intake.tasks import LEFT_BEHIND_S

    return f"{LEFT_BEHIND_S // 86_400} jours sans qu'un import les attende"


KINDS: Final = (
    RetentionKind(
        slug="imports",
        title="Imports : rapports, ce qu'un import a remplacé",
        what="De quoi revenir sur un import.",
        when=When.ALWAYS,
        models=("intake.FileImport", "gis_core.SourceImport", "gis_core.ReplacedRow"),
        duration=import_days,
        reason="le temps de s'apercevoir d'une erreur",
        stock=rows("intake.FileImport", "touched_at"),
        rehearse=Later("layers.intake.tasks.rehearse_forgetting"),
    ),
    RetentionKind(
        slug="former_tables",
        title="Anciennes tables des couches remplacées",
        what="La couche d'avant un remplacement.",
        when=When.ALWAYS,
        models=("intake.FileImport",),
        duration=former_tables,
        reason="le temps de revenir sur un remplacement",
        stock=Later("layers.intake.services.retiring.count_former"),
        rehearse=Later("layers.intake.services.retiring.count_over"),
    ),
    RetentionKind(
        slug="inbox",
        title="Fichiers envoyés pour un import",
        what="Ce qu'une personne a envoyé et qu'aucun import n'attend plus.",
        when=When.ALWAYS,
        models=("intake.FileImport",),
        duration=inbox_days,
        reason="le temps de décider d'un import",
        stock=files(Later("layers.intake.tasks.inbox")),
        rehearse=Later("layers.intake.tasks.count_left_behind"),
    ),
)
