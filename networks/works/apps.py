from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WorksConfig(AppConfig):
    name = "networks.works"
    label = "works"
    verbose_name = _("Works on roads")

    def ready(self) -> None:
        from gis_core.letters.kinds import declare
        from networks.works.detour_layer import declare_detour_layer
        from networks.works.kinds import KINDS
        from networks.works.pages.order_frame import add_request_tabs
        from networks.works.pages.order_parts import detour_part, orders_part
        from networks.works.parts import declare_part

        declare(KINDS)
        post_migrate.connect(declare_detour_layer, sender=self)
        add_request_tabs()
        declare_part(detour_part)
        declare_part(orders_part)
