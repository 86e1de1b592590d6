"""What is said of rows that were written all the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from layers.catalogue.models import Layer
from layers.features.points import EDITING, Remark


def remarks_on(layer: Layer, ids: Sequence[int]) -> Mapping[int, Sequence[Remark]]:
    """By feature, what the layer's app says of these, which were just written; nothing refuses them."""
    editing = EDITING.find(layer.table)
    by_feature: dict[int, list[Remark]] = defaultdict(list)
    if ids and editing and editing.remarks:
        for remark in editing.remarks(ids):
            by_feature[remark.id].append(remark)
    return by_feature
