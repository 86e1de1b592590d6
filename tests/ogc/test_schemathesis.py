"""What the definition of /ogc/ says, tried at random: answers are as it says, and nothing is ever a 500."""

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gis_core.members.rights import Role
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from tests import factories
from tests.ogc.asking import ROOT, Asker
from tests.ogc.server import connection_kept

pytestmark = pytest.mark.usefixtures("layer")
HERE = "/collections/lampes"
TILES = [f"{HERE}/tiles", f"{HERE}/tiles/WebMercatorQuad", "/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad"]
TILE = f"{HERE}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
READ = ["/", "/api", "/conformance", "/collections", HERE, f"{HERE}/schema", f"{HERE}/geojson-schema", *TILES, TILE]
OPERATIONS = [
    *((path, "get") for path in [*READ, f"{HERE}/queryables", f"{HERE}/items", f"{HERE}/items/{{featureId}}"]),
    (f"{HERE}/items", "post"),
    *((f"{HERE}/items/{{featureId}}", method) for method in ("put", "patch", "delete")),
]
# No schema says which text is a filter, or which point lies in the territory.
NOT_SAID = [positive_data_acceptance]


@pytest.fixture
def administrator(layer: Layer) -> str:
    _token, secret = create_token(user=factories.user(layer.owner, Role.GIS_ADMINISTRATOR), name="essai")
    return f"Bearer {secret}"


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda one: one)
def test_answers_are_as_the_definition_says(path: str, method: str, administrator: str, client: Any) -> None:
    asker = Asker(client, {"Authorization": administrator})
    definition = asker.json(f"{ROOT}/api", "application/vnd.oai.openapi+json")
    schema = schemathesis.openapi.from_dict(definition)
    schema.app = get_wsgi_application()
    operation = schema[path][method]

    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=operation.as_strategy())
    def check_answers(case: Any) -> None:
        answer = case.call(headers={"Authorization": administrator, "Accept-Encoding": "identity"})
        case.validate_response(answer, excluded_checks=NOT_SAID)

    with connection_kept():
        check_answers()
