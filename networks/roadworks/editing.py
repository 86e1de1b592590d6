"""What to do where editing works and detours breaks a constraint."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from layers.features.points import Editing

TABLES: Final = (
    Editing(
        table="road_work",
        checks={
            "road_work_days_in_order": (
                "ends_on",
                _("The works end before they begin: the last day comes after the first."),
            ),
            "road_work_days_possible": ("starts_on", _("Check the year: it is written with four digits.")),
            "road_work_state_order": (
                "state",
                _("A draft is deleted, not cancelled; what was cancelled is not planned again: enter new works."),
            ),
            "road_work_stays_announced": (
                "state",
                _("Everybody was told of these works: they are cancelled, not made a draft again."),
            ),
            "road_work_stays_cancelled": (
                "state",
                _("These works are cancelled: they are not changed any more. Enter new ones."),
            ),
            "road_work_speed_possible": ("speed_kmh", _("The speed limit is between 5 and 130 km/h.")),
        },
    ),
    Editing(
        table="road_detour",
        checks={
            "road_detour_of_cancelled": (
                "work_id",
                _("These works are cancelled: nothing is led around them any more."),
            ),
        },
    ),
)
