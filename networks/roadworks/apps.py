from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorksConfig(AppConfig):
    name = "networks.roadworks"
    label = "roadworks"
    verbose_name = _("Works on roads")

    def ready(self) -> None:
        from networks.notifications.sources import declare_source
        from networks.roads import along
        from networks.roadworks.pages.notice_part import notices_part
        from networks.roadworks.pages.order_parts import detour_part, orders_part
        from networks.roadworks.parts import declare_part
        from networks.roadworks.services.along import new_works_here, works_part
        from networks.roadworks.services.conflicts import declare_finder
        from networks.roadworks.services.detour_conflicts import by_detours, marked_by_detours
        from networks.roadworks.services.neighbours import KIND, beginning

        declare_part(detour_part)
        declare_part(orders_part)
        declare_part(notices_part)
        along.declare_part(works_part)
        along.declare_place_link(new_works_here)
        declare_source(KIND, beginning)
        declare_finder(by_detours, marked_by_detours)
