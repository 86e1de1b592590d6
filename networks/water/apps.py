from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WaterConfig(AppConfig):
    name = "networks.water"
    verbose_name = _("Water and sewer networks")

    def ready(self) -> None:
        from networks.water.layers import declare_layers
        from networks.water.services.exporting import add_makers

        post_migrate.connect(declare_layers, sender=self)
        add_makers()
