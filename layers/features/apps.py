from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeaturesConfig(AppConfig):
    name = "layers.features"
    label = "features"
    verbose_name = _("Features")

    def ready(self) -> None:
        from layers.features.coordinates import search_coordinates
        from layers.features.search import register_searcher

        register_searcher(None, search_coordinates)
