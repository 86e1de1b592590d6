"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import fixed_address, page_address, to_administrators, to_agency, to_everybody
from gis_core.jobs.points import TASKS, WAITED, Task
from gis_core.points import BAR, MAP_LINKS, MEASURES, BarLink, MapLink, Measure
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later

METRICS = "gis_core.operations.metrics"
BACKUPS = "gis_core.operations.night_backups"

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "gis_core.api.urls"),),
    gives=(
        MEASURES(
            Measure(
                "arpent_disk_free_bytes",
                "Room left on the disk of the data folder.",
                Later(f"{METRICS}.disk_left"),
            ),
            Measure(
                "arpent_oldest_job_seconds",
                "Age of the oldest job that waits for the worker.",
                Later(f"{METRICS}.oldest_waiting_job"),
            ),
            Measure(
                "arpent_backup_last_success_timestamp_seconds",
                "When the last verified backup was made.",
                Later(f"{BACKUPS}.last_success"),
            ),
            Measure(
                "arpent_backup_last_success_bytes",
                "Size of the last verified backup.",
                Later(f"{BACKUPS}.last_size"),
            ),
            Measure(
                "arpent_backup_failed",
                "1 when the last backup or its verification failed.",
                Later(f"{BACKUPS}.has_failed"),
            ),
        ),
        BAR(BarLink(section="", url="map", label=_("Map"), order=0, shown=to_everybody)),
        BAR(BarLink(section="members", url="members", label=_("People"), order=60, shown=to_administrators)),
        BAR(BarLink(section="", url="admin:index", label=_("Administration"), order=110, shown=to_agency)),
        MAP_LINKS(MapLink(name="api", order=0, address=fixed_address("/api/v1/"))),
        MAP_LINKS(MapLink(name="sign_in", order=1, address=page_address("account_login"))),
        MAP_LINKS(MapLink(name="sign_out", order=2, address=page_address("account_logout"))),
        MAP_LINKS(MapLink(name="account", order=3, address=page_address("account"))),
        MAP_LINKS(MapLink(name="language", order=4, address=page_address("set_language"))),
        MAP_LINKS(MapLink(name="admin", order=6, address=page_address("admin:index", to_agency))),
        MAP_LINKS(MapLink(name="members", order=10, address=page_address("members", to_administrators))),
        TASKS(
            Task(
                name="account_mail",
                run=Later("gis_core.tasks.send_account_mail"),
                queue=WAITED,
                retry=Later("gis_core.tasks.WithTheMailServer"),
            ),
            Task(name="tidy", run=Later("gis_core.tasks.tidy"), cron="17 3 * * *"),
            Task(name="tidy_queue", run=Later("gis_core.tasks.tidy_queue"), cron="27 3 * * *", with_context=True),
        ),
    ),
)
