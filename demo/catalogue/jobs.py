"""Jobs of the catalogue: rows of no table, whose state is said as that of real ones."""

from typing import Any

from gis_core.models import Job

LONG = "Import_du_parcellaire_intercommunal_consolidé_et_géoréférencé_du_département_2026-11-30_version_définitive.gpkg"
type JobContexts = list[dict[str, Any]]


def job_in(title: str, state: Job.State, message: str = "", progress: float | None = None) -> dict[str, Any]:
    """For `desk/job.html`; `still`: nobody asks the server where it is."""
    job = Job(pk=0, kind="catalogue", title=title, state=state, message=message, progress=progress)
    return {"job": job, "label": job.get_state_display(), "message": message, "still": True}


def open_jobs() -> JobContexts:
    return [
        job_in("Import des contacts", Job.State.WAITING, "Deux tâches passent avant."),
        job_in("Calcul de la couverture incendie", Job.State.RUNNING, "Lecture des bâtiments"),
        job_in("Export du réseau", Job.State.RUNNING, "18 420 tronçons sur 52 000 · encore 3 min environ", 0.35),
    ]


def list_ended_jobs() -> JobContexts:
    return [
        job_in("Import des contacts", Job.State.DONE, "312 contacts repris, 4 refusés."),
        job_in("Export du réseau", Job.State.FAILED, "Le fichier n’est pas un GeoPackage."),
        job_in("Calcul de la couverture incendie", Job.State.CANCELLED, "Arrêtée par Jeanne Martin."),
    ]


def long_jobs() -> JobContexts:
    return [job_in(LONG, Job.State.RUNNING, LONG, 0.7), job_in(LONG, Job.State.FAILED, LONG)]


def all_jobs() -> JobContexts:
    return open_jobs() + list_ended_jobs() + long_jobs()
