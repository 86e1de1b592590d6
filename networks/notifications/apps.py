from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarningConfig(AppConfig):
    name = "networks.notifications"
    label = "notifications"
    verbose_name = _("Notices to users")

    def ready(self) -> None:
        from gis_core.desk.tabs import add_tabs

        add_tabs(50, [("notices", _("Notices")), ("contacts", _("Contacts"))])
