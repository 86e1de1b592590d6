from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HeightsConfig(AppConfig):
    name = "layers.heights"
    label = "heights"
    verbose_name = _("Heights")
