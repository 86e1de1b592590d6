"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.ownership.declarations import MADE_TABLES
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.exports.member_tables import LAYER_TABLES

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.exports.api.urls"),),
    gives=(
        MADE_TABLES(LAYER_TABLES),
        JOB_KINDS(
            JobKind(
                kind="export",
                work=Later("layers.exports.tasks.export_layers"),
                roles=None,
                afterwards=Later("layers.exports.tasks.forget_scratch"),
            ),
        ),
        TASKS(
            Task(name="sweep_exports", run=Later("layers.exports.tasks.sweep_exports"), cron="7 4 * * *"),
        ),
    ),
)
