from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    name = "layers.planning"
    label = "planning"
    verbose_name = _("Planning")

    def ready(self) -> None:
        from layers.planning.layers import declare_layers

        post_migrate.connect(declare_layers, sender=self)
