"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS, JobKind
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later

MANIFEST = Manifest(
    urls=(Urls("aide/composants/", "demo.catalogue.urls"),),
    gives=(
        JOB_KINDS(
            JobKind(kind="demo_photos", work=Later("demo.tasks.demo_photos")),
        ),
    ),
)
