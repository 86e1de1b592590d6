from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CadastreConfig(AppConfig):
    name = "layers.cadastre"
    label = "cadastre"
    verbose_name = _("Land registry")

    def ready(self) -> None:
        from layers.cadastre.layers import declare_layers

        post_migrate.connect(declare_layers, sender=self)
