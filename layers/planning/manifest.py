"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.jobs.points import TASKS, Task
from gis_core.members.rights import Role
from gis_core.ownership.declarations import DECLARED
from gis_core.points import FIRST_VIEWS, START_STEPS, FirstView
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYER_GROUPS, LAYERS, LayerGroup
from layers.intake.points import FINDING_MESSAGES
from layers.intake.reference_source import import_sources
from layers.parcels.sections import sheet_sections
from layers.planning import layers, ownership, sections, sources
from layers.planning.start_steps import PLANNING

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.planning.api.urls"),),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        START_STEPS(PLANNING),
        *import_sources(sources.PLU, sources.SUP, sources.RISKS),
        FINDING_MESSAGES(Later("layers.planning.cnig.describe_rule")),
        *sheet_sections(*sections.SECTIONS),
        LAYERS(*layers.declarations()),
        LAYER_GROUPS(
            LayerGroup(slug="prescriptions", title=_("Prescriptions and easements"), layers=layers.PRESCRIPTIONS)
        ),
        FIRST_VIEWS(FirstView(role=Role.PERMIT_INSTRUCTOR, layers=("plu-zones",))),
        FIRST_VIEWS(FirstView(role=Role.TOWN_HALL, layers=("plu-zones",))),
        TASKS(
            Task(
                name="planning_follow_the_calendar",
                run=Later("layers.planning.tasks.follow_the_calendar"),
                cron="2 * * * *",
            ),
            Task(name="planning_sweep_pieces", run=Later("layers.planning.tasks.sweep_documents"), cron="17 4 * * *"),
        ),
    ),
)
