from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PermitsConfig(AppConfig):
    name = "permits"
    verbose_name = _("Planning applications")

    def ready(self) -> None:
        from permits.layers import declare_layers

        post_migrate.connect(declare_layers, sender=self)
