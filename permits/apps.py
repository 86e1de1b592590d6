from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PermitsConfig(AppConfig):
    name = "permits"
    verbose_name = _("Planning applications")

    def ready(self) -> None:
        from gis_core.letters.kinds import declare
        from permits.layers import declare_layers
        from permits.letters import KINDS
        from permits.sections import register_sections
        from permits.sheet import register_sheets

        declare(KINDS)
        post_migrate.connect(declare_layers, sender=self)
        register_sections()
        register_sheets()
