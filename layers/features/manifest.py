"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.features.coordinates import search_coordinates
from layers.features.points import SEARCHERS, Searcher

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.features.api.urls"),),
    gives=(
        SEARCHERS(Searcher(search_coordinates)),
        JOB_KINDS(
            JobKind(kind="layer_rules", work=Later("layers.features.tasks.put_rules_in_place")),
        ),
        TASKS(
            Task(name="tidy_edits", run=Later("layers.features.tasks.tidy_edits"), cron="47 3 * * *"),
        ),
    ),
)
