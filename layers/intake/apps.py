from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "layers.intake"
    label = "intake"
    verbose_name = _("Imports")
