"""./arpent manage ownership > docs/reference/a-qui-sont-les-donnees.md"""

from typing import Any

from django.core.management.base import BaseCommand

from gis_core.ownership.reference import page


class Command(BaseCommand):
    help = "Écrit la page de référence : à qui sont les données, et ce qu'elles deviennent."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
