from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WaterConfig(AppConfig):
    name = "networks.water"
    verbose_name = _("Water and sewer networks")

    def ready(self) -> None:
        from networks.notifications.sources import declare_source
        from networks.water.services.outage_notices import beginning

        declare_source("outage", beginning)
