from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RoadsConfig(AppConfig):
    name = "networks.roads"
    verbose_name = _("Roads")

    def ready(self) -> None:
        from layers.features.services.refusals import declare_checks, declare_words
        from layers.features.services.reshape import declare_shape
        from layers.features.services.write import declare_lock
        from layers.printing.marks import register_marks
        from networks.roads.asset_sheets import register_sheets
        from networks.roads.layers import declare_layers
        from networks.roads.pages.frame import add_tabs
        from networks.roads.pictograms import pictogram_on_paper
        from networks.roads.road_sheets import register_road_sheets
        from networks.roads.searching import register_searchers
        from networks.roads.services import reshaping
        from networks.roads.services.locking import lock_roads, share_roads

        add_tabs()
        register_searchers()
        declare_words({"road_managed": _("%(other)s manages this road: ask it for the change.")})
        department = _("Write the code of the Département: 45, 2A or 974; leave it empty to have it found.")
        declare_checks({f"{table}_department": ("department", department) for table in ("road_section", "road_marker")})
        declare_lock("road_section", lock_roads)
        for table in ("road_asset", "road_stretch"):
            declare_lock(table, share_roads, to_move=True)
        declare_words(reshaping.REFUSED)
        declare_shape("road_section", reshaping.of_piece, reshaping.of_whole, reshaping.of_new_piece)
        register_sheets()
        register_road_sheets()
        register_marks("road-assets", frozenset({"kind", "code", "inscription"}), pictogram_on_paper)
        post_migrate.connect(declare_layers, sender=self)
