from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WaterConfig(AppConfig):
    name = "networks.water"
    verbose_name = _("Water and sewer networks")

    def ready(self) -> None:
        from layers.features.services.refusals import declare_checks, declare_words
        from layers.features.services.reshape import declare_shape
        from layers.features.services.write import declare_lock
        from networks.notifications.sources import declare_source
        from networks.water.pages.frame import add_tabs
        from networks.water.services import heights
        from networks.water.services.outage_notices import beginning
        from networks.water.topology import LAID_IN_ORDER, UNNAMED_PATIENT, WORDS, lock_networks

        for family in ("water", "sewer"):
            for kind in ("node", "pipe", "connection"):
                declare_lock(f"{family}_{kind}", lock_networks)
                declare_checks({f"{family}_{kind}_laid_in_order": ("laid_to_year", LAID_IN_ORDER)})
            declare_checks({f"{family}_connection_unnamed_patient": ("sensitive_name", UNNAMED_PATIENT)})
            declare_shape(f"{family}_pipe", heights.of_piece, heights.of_whole)
        declare_checks({"water_repair_laid_in_order": ("laid_to_year", LAID_IN_ORDER)})
        declare_words(WORDS)
        add_tabs()
        declare_source("outage", beginning)
