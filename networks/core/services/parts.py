"""The connected parts of a network."""

from collections.abc import Iterable


def parts_of(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each node of these edges the smallest id of the nodes that it is connected with."""
    parents: dict[int, int] = {}
    for first, second in edges:
        one, other = root(parents, first), root(parents, second)
        if one < other:
            parents[other] = one
        elif other < one:
            parents[one] = other
    return {node: root(parents, node) for node in parents}


def root(parents: dict[int, int], node: int) -> int:
    """The representative of a node; the way to it is halved as it is walked."""
    parent = parents.setdefault(node, node)
    while parent != node:
        parents[node] = grandparent = parents[parent]
        node, parent = grandparent, parents[grandparent]
    return node
