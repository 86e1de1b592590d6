"""What this app gives to the others."""

from gis_core.points import MEASURES, Measure
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
    ),
)
