"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.points import GUIDES, PageGuide
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.printing.api.urls"),),
    gives=(
        GUIDES(PageGuide(guide="how-to/imprimer-un-plan", panels=("print",))),
        JOB_KINDS(
            JobKind(
                kind="print",
                work=Later("layers.printing.tasks.print_map"),
                roles=None,
                afterwards=Later("layers.printing.tasks.forget_scratch"),
                waited=True,
            ),
        ),
        TASKS(
            Task(name="sweep_prints", run=Later("layers.printing.tasks.sweep_prints"), cron="47 3 * * *"),
        ),
    ),
)
