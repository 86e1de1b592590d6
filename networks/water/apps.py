from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WaterConfig(AppConfig):
    name = "networks.water"
    verbose_name = _("Water and sewer networks")

    def ready(self) -> None:
        from networks.water.hydrant_sheet import register_sheets
        from networks.water.layers import declare_layers
        from networks.water.sections import register_sections

        post_migrate.connect(declare_layers, sender=self)
        register_sections()
        register_sheets()
