from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorksConfig(AppConfig):
    name = "networks.roadworks"
    label = "roadworks"
    verbose_name = _("Works on roads")

    def ready(self) -> None:
        from layers.features.services.refusals import declare_checks
        from networks.notifications.sources import declare_source
        from networks.roads import along
        from networks.roadworks.pages.frame import add_tabs
        from networks.roadworks.pages.notice_part import notices_part
        from networks.roadworks.pages.order_frame import add_request_tabs
        from networks.roadworks.pages.order_parts import detour_part, orders_part
        from networks.roadworks.parts import declare_part
        from networks.roadworks.services.along import new_works_here, works_part
        from networks.roadworks.services.conflicts import declare_finder
        from networks.roadworks.services.detour_conflicts import by_detours, marked_by_detours
        from networks.roadworks.services.neighbours import KIND, beginning

        declare_checks(
            {
                "road_work_days_in_order": (
                    "ends_on", _("The works end before they begin: the last day comes after the first.")
                ),
                "road_work_days_possible": ("starts_on", _("Check the year: it is written with four digits.")),
                "road_work_state_order": (
                    "state",
                    _("A draft is deleted, not cancelled; what was cancelled is not planned again: enter new works."),
                ),
                "road_work_stays_announced": (
                    "state", _("Everybody was told of these works: they are cancelled, not made a draft again.")
                ),
                "road_work_stays_cancelled": (
                    "state", _("These works are cancelled: they are not changed any more. Enter new ones.")
                ),
                "road_detour_of_cancelled": (
                    "work_id", _("These works are cancelled: nothing is led around them any more.")
                ),
                "road_work_speed_possible": ("speed_kmh", _("The speed limit is between 5 and 130 km/h.")),
            }
        )  # fmt: skip
        add_tabs()
        add_request_tabs()
        declare_part(detour_part)
        declare_part(orders_part)
        declare_part(notices_part)
        along.declare_part(works_part)
        along.declare_place_link(new_works_here)
        declare_source(KIND, beginning)
        declare_finder(by_detours, marked_by_detours)
