from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarningConfig(AppConfig):
    name = "networks.warning"
    label = "warning"
    verbose_name = _("Notices to users")

    def ready(self) -> None:
        from gis_core.letters.kinds import declare
        from networks.core.room import add_tabs
        from networks.warning.kinds import KINDS

        declare(KINDS)
        add_tabs(50, [("notices", _("Notices")), ("contacts", _("Contacts"))])
