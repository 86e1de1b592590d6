from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoadsConfig(AppConfig):
    name = "networks.roads"
    verbose_name = _("Roads")

    def ready(self) -> None:
        from layers.features.services.refusals import declare_checks, declare_unique, declare_words
        from layers.features.services.reshape import declare_shape
        from layers.features.services.write import declare_lock
        from networks.roads.pages.frame import add_tabs
        from networks.roads.services import reshaping
        from networks.roads.services.locking import lock_roads, share_roads
        from networks.roads.services.refusing import marker_taken

        add_tabs()
        declare_words({"road_managed": _("%(other)s manages this road: ask it for the change.")})
        department = _("Write the code of the Département: 45, 2A or 974; leave it empty to have it found.")
        declare_checks({f"{table}_department": ("department", department) for table in ("road_section", "road_marker")})
        number = _("This is the number of no road: write it as in “D 2020”, “N 7” or “VC 12”.")
        declare_checks({f"{table}_route": ("route", number) for table in ("road_section", "road_marker")})
        declare_unique("road_marker_once", "number", marker_taken)
        for table in ("road_section", "road_marker"):
            declare_lock(table, lock_roads)
        for table in ("road_asset", "road_stretch"):
            declare_lock(table, share_roads, to_move=True)
        declare_words(reshaping.REFUSED)
        declare_shape("road_section", reshaping.of_piece, reshaping.of_whole, reshaping.of_new_piece)
