"""What is connected with what (union-find), and the connected parts of a network."""

from collections.abc import Iterable


class Groups[Key: (int, tuple[str, int])]:
    """Things that are joined two by two; the smallest of a group stands for it."""

    def __init__(self) -> None:
        self.above: dict[Key, Key] = {}

    def find(self, one: Key) -> Key:
        """What stands for the group of this one; the way to it is halved as it is walked."""
        while (above := self.above.setdefault(one, one)) != one:
            self.above[one] = self.above[above]
            one = above
        return one

    def join(self, first: Key, *others: Key) -> None:
        for other in others:
            one, two = self.find(first), self.find(other)
            if one < two:
                self.above[two] = one
            else:
                self.above[one] = two


def parts_of(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each node of these edges the smallest id of the nodes that it is connected with."""
    groups: Groups[int] = Groups()
    for first, second in edges:
        groups.join(first, second)
    return {node: groups.find(node) for node in groups.above}
