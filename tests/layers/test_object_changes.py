"""What an import would change, object by object, as it is kept and read."""

import json

from django.utils import translation

from layers.intake.object_changes import ObjectChanges, changes_context
from layers.intake.params import values_param


def test_no_value_of_a_column_that_only_some_roles_see_is_kept() -> None:
    changes = ObjectChanges("water-connections")
    changes.add("changed", "B12", values=[("sensitive_name", "Mme Dupont", "M. Durand"), ("sensitive_name", None, "X")])
    kept = changes.as_json()
    kept_as_finding = values_param("water-connections", {"sensitive_name": "Mme Dupont"})
    assert not any(name in json.dumps([kept, kept_as_finding]) for name in ("Dupont", "Durand"))
    with translation.override("fr"):
        (one,) = changes_context([kept], None)["object_changes"]
    assert [(line["before"], line["after"]) for line in one["lines"]] == [
        ("non montré ici", "non montré ici"), ("", "non montré ici"),
    ]  # fmt: skip


def test_of_many_places_some_all_over_are_kept() -> None:
    changes = ObjectChanges("water-pipes")
    for number in range(1_000):
        changes.add("new", f"C{number}", place=(number, 0))
    dots = changes.as_json()["dots"]["new"][::2]
    assert (len(dots) <= 300, dots[0], dots[-1] > 990) == (True, 0, True)
