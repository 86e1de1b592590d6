"""Isolation by its definition, on sets, repeated until nothing changes: it shares nothing with the service."""

from __future__ import annotations

from dataclasses import dataclass, field

SOURCES = ("tank", "treatment", "catchment", "import")


@dataclass
class N:
    kind: str
    position: str | None = None
    condition: str | None = None
    state: str = "en_service"
    x: float = 0.0
    y: float = 0.0


@dataclass
class P:
    a: int
    b: int
    state: str = "en_service"
    connections: int = 0

    def at(self, node: int) -> bool:
        return node in (self.a, self.b)


@dataclass
class Answer:
    zone: set[int]
    close: set[int] = field(default_factory=set)
    optional: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    skipped: dict[int, str] = field(default_factory=dict)
    sources: set[int] = field(default_factory=set)
    cut_off: set[int] = field(default_factory=set)
    alternatives: dict[int, set[int]] = field(default_factory=dict)
    tanks: set[int] = field(default_factory=set)
    hydrants: set[int] = field(default_factory=set)
    known: bool = True


def isolate(nodes: dict[int, N], pipes: dict[int, P], breaks: set[int], unusable: set[int]) -> Answer:
    live = {pk: pipe for pk, pipe in pipes.items() if pipe.state == "en_service"}
    valve = {pk for pk, node in nodes.items() if node.kind == "valve" and node.state == "en_service"}
    blocks = {pk for pk in valve if nodes[pk].position == "closed"}
    stuck = {pk for pk in valve - blocks if nodes[pk].condition in ("broken", "buried")}
    can_close = valve - blocks - stuck - unusable
    source = {pk for pk, node in nodes.items() if node.kind in SOURCES and node.state == "en_service"}

    def around(seeds: set[int], stops: set[int], allowed: set[int]) -> set[int]:
        """Pipes reached from the seeds, not through these nodes."""
        found = set(seeds)
        while True:
            wet = {end for pk in found for end in (live[pk].a, live[pk].b)} - stops
            more = {pk for pk in allowed if pk not in found and (live[pk].a in wet or live[pk].b in wet)}
            if not more:
                return found
            found |= more

    def touched(some: set[int]) -> set[int]:
        return {end for pk in some for end in (live[pk].a, live[pk].b)}

    everything = set(live)
    zone = around(breaks, blocks | can_close | source, everything)
    edge = touched(zone)
    boundary = edge & can_close
    answer = Answer(zone, closed=edge & blocks, sources=edge & source)
    for pk in edge:
        if pk in stuck:
            answer.skipped[pk] = str(nodes[pk].condition)
        elif pk in valve - blocks and pk in unusable:
            answer.skipped[pk] = "unusable"

    shut = blocks | boundary
    rest = everything - zone
    fed = {pk for pk in rest if (live[pk].a in source) or (live[pk].b in source)}
    supplied = around(fed, shut, rest)

    known_valves: set[int] = set()
    for pk in zone:
        network = around({pk}, blocks, everything)
        if touched(network) & source:
            known_valves |= touched(network) & boundary
        else:
            answer.known = False
    for node in boundary:
        others = {pk for pk in rest if live[pk].at(node)}
        if others & supplied or node not in known_valves:
            answer.close.add(node)
        else:
            answer.optional.add(node)
    parts: list[set[int]] = []
    for node in known_valves:
        for pk in rest - supplied:
            if live[pk].at(node):
                part = around({pk}, shut, rest)
                if part not in parts:
                    parts.append(part)
                answer.cut_off |= part
    for node in blocks - unusable - edge:
        if nodes[node].condition in ("broken", "buried") or not touched(supplied) & {node}:
            continue
        feeds = set().union(*(part for part in parts if node in touched(part)))
        if feeds:
            answer.alternatives[node] = feeds
    lost = zone | answer.cut_off
    for node in touched(lost):
        if nodes[node].state == "en_service" and all(pk in lost for pk in live if live[pk].at(node)):
            if nodes[node].kind == "tank":
                answer.tanks.add(node)
            if nodes[node].kind == "hydrant":
                answer.hydrants.add(node)
    return answer
