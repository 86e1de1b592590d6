"""How long what was sent to be imported is kept (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.retention import RetentionKind, When


def import_days() -> str:
    from layers.intake.services.imports import REPORTS_KEPT
    from layers.intake.source_imports import KEPT

    return f"fichiers en attente et lignes remplacées : {KEPT.days} jours ; rapports : {REPORTS_KEPT.days} jours"


def former_tables() -> str:
    from layers.intake.services.retiring import REPLACED_KEPT, TAKEN_BACK_KEPT

    return f"remplacées : {REPLACED_KEPT.days} jours ; reprises : {TAKEN_BACK_KEPT.days} jours"


KINDS: Final = (
    RetentionKind(
        slug="imports",
        title="Fichiers importés, rapports, ce qu'un import a remplacé",
        what="De quoi revenir sur un import.",
        when=When.ALWAYS,
        models=("intake.FileImport", "gis_core.SourceImport", "gis_core.ReplacedRow"),
        duration=import_days,
        reason="le temps de s'apercevoir d'une erreur",
    ),
    RetentionKind(
        slug="former_tables",
        title="Anciennes tables des couches remplacées",
        what="La couche d'avant un remplacement.",
        when=When.ALWAYS,
        models=("intake.FileImport",),
        duration=former_tables,
        reason="le temps de revenir sur un remplacement",
    ),
)
