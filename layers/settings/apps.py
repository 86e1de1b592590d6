from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettingsConfig(AppConfig):
    name = "layers.settings"
    label = "layer_settings"
    verbose_name = _("Layer settings")
