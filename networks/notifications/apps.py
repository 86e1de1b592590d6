from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarningConfig(AppConfig):
    name = "networks.notifications"
    label = "notifications"
    verbose_name = _("Notices to users")
