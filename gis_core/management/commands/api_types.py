"""`api_types`: the types of the API's answers for the web map, webmap/src/api/schema.d.ts."""

from typing import Any

from django.core.management.base import BaseCommand

from gis_core.api.typescript import declarations, openapi_document


class Command(BaseCommand):
    help = "Prints the types of the API's answers for the web map: webmap/src/api/schema.d.ts."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(declarations(openapi_document()), ending="")
