from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RoadsConfig(AppConfig):
    name = "networks.roads"
    verbose_name = _("Roads")

    def ready(self) -> None:
        from networks.roads.asset_sheets import register_sheets
        from networks.roads.layers import declare_layers
        from networks.roads.pages.frame import add_tabs

        add_tabs()
        register_sheets()
        post_migrate.connect(declare_layers, sender=self)
