"""Jobs of the catalogue: rows of no table, whose state is said as that of real ones."""

from typing import Any

from gis_core.models import Job

LONG = "Import_du_parcellaire_intercommunal_consolidé_et_géoréférencé_du_département_2026-11-30_version_définitive.gpkg"
type Shown = list[dict[str, Any]]


def shown(title: str, state: Job.State, message: str = "", progress: float | None = None) -> dict[str, Any]:
    """For `desk/job.html`; `still`: nobody asks the server where it is."""
    job = Job(pk=0, kind="catalogue", title=title, state=state, message=message, progress=progress)
    return {"job": job, "label": job.get_state_display(), "message": message, "still": True}


def open_jobs() -> Shown:
    return [
        shown("Import des contacts", Job.State.WAITING, "Deux tâches passent avant."),
        shown("Calcul de la couverture incendie", Job.State.RUNNING, "Lecture des bâtiments"),
        shown("Export du réseau", Job.State.RUNNING, "18 420 tronçons sur 52 000 · encore 3 min environ", 0.35),
    ]


def ended_jobs() -> Shown:
    return [
        shown("Import des contacts", Job.State.DONE, "312 contacts repris, 4 refusés."),
        shown("Export du réseau", Job.State.FAILED, "Le fichier n’est pas un GeoPackage."),
        shown("Calcul de la couverture incendie", Job.State.CANCELLED, "Arrêtée par Jeanne Martin."),
    ]


def long_jobs() -> Shown:
    return [shown(LONG, Job.State.RUNNING, LONG, 0.7), shown(LONG, Job.State.FAILED, LONG)]


def all_jobs() -> Shown:
    return open_jobs() + ended_jobs() + long_jobs()
