"""What this app gives to the others."""

from gis_core.wiring.database import Reported, Setting, Trigger
from gis_core.wiring.manifests import Manifest, Urls

WHO_ASKS = (
    Setting("user_id", "The wall: who asks (0: nobody), for the row policies, the history and the journals."),
    Setting("members", "The wall: the members whose rows this person sees."),
    Setting("town_halls", "The wall: the members of which this person sees only the rows of its own communes."),
    Setting("writers", "The wall: the members whose rows this person writes."),
    Setting("insee", "The wall: the communes whose personal rows this person sees."),
    Setting("town_insee", "The wall: the communes that this person works for in a town hall."),
    Setting("agency", "The wall: whether the agency asks, which sees all rows."),
)
"""Rights.settings(), told to every transaction: where one is missing, functions that need it fail rather than guess."""

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "gis_core.api.urls"),),
    triggers=(
        Trigger(
            table="gis_core_letter", order=20, name="final", fires="before update or delete", call="refuse_final()"
        ),
    ),
    settings=(
        *WHO_ASKS,
        Setting(
            "event_<table>",
            "The history event that the changes of a table (its oid) belong to: open_event and continue_event say it,"
            " the triggers of the history read it. Who writes can give a trigger no argument.",
        ),
    ),
    reported=(
        Reported(table="gis_core_user", unwatched=("last_login",)),
        Reported(table="gis_core_apitoken", unwatched=("last_used_at",)),
        Reported(table="gis_core_letterhead", unwatched=("logo",)),
    ),
)
