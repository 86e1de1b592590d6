from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WorksConfig(AppConfig):
    name = "networks.works"
    label = "works"
    verbose_name = _("Works on roads")

    def ready(self) -> None:
        from layers.features.services.refusals import declare_checks
        from networks.warning.sources import declare_source
        from networks.works.layers import declare_layers
        from networks.works.pages.frame import add_tabs
        from networks.works.services.neighbours import beginning

        declare_checks(
            {
                "road_work_days_in_order": (
                    "ends_on", _("The works end before they begin: the last day comes after the first.")
                ),
                "road_work_days_possible": ("starts_on", _("Check the year: it is written with four digits.")),
                "road_work_speed_possible": ("speed_kmh", _("The speed limit is between 5 and 130 km/h.")),
            }
        )  # fmt: skip
        add_tabs()
        post_migrate.connect(declare_layers, sender=self)
        declare_source("work", beginning)
