from django.apps import AppConfig


class NetworksCoreConfig(AppConfig):
    name = "networks.core"
    label = "networks_core"

    def ready(self) -> None:
        from layers.features.services import refusals
        from networks.core.topology import WORDS

        refusals.declare_words(WORDS)
