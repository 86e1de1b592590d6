"""The order of the measures, against one server that stays up; the second start comes last, alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from benchmarks import (
    accounts,
    acts,
    browser,
    campaigns,
    edigeo,
    edits,
    exports,
    grid,
    heights,
    imports,
    majic,
    network_files,
    networks,
    ogc,
    parcels,
    peers,
    people,
    permits,
    photos,
    roads,
    scenes,
    search,
    server,
    simulations,
    start,
    tiles,
    titiler,
)
from benchmarks.database import BenchDatabase
from benchmarks.rows import Row


@dataclass(frozen=True)
class Step:
    """A measure: its title, its rows as they are called when they cannot be measured, and how to take them."""

    title: str
    rows: list[Row]
    take: Callable[[], list[Row]]


def everything(made: BenchDatabase, *, peers: bool) -> Iterator[Step]:
    yield Step("Inventaire d'une campagne", [campaigns.INVENTORY], partial(campaigns.inventory_row, made))
    yield Step("Construction d'une campagne", campaigns.empty_rows(), partial(campaigns.build_rows, made))
    yield Step("Import d'un million de polygones", imports.empty_rows(), partial(imports.import_rows, made))
    yield Step("Import de propriétaires MAJIC", majic.empty_rows(), partial(majic.majic_rows, made))
    yield Step("Import du plan cadastral EDIGEO", edigeo.empty_rows(), partial(edigeo.edigeo_rows, made))
    yield Step("Import d'un réseau RAEPA", network_files.empty_rows(), partial(network_files.import_rows, made))
    yield Step("Autorisations d'urbanisme, relecture nocturne", [permits.SWEEP], permits.sweep_row)
    yield Step("Autorisations d'urbanisme, arrêtés", acts.empty_rows(), partial(acts.act_rows, made))
    port = server.free_port()
    web = server.running(server.web(made, port), f"http://127.0.0.1:{port}/health/live")
    with tiles.empty_cache(made), web as (*pids, front):
        accounts.private_layer()
        field = tiles.Field(made, port, pids, front, accounts.asker(), grid.grid_of(made))
        yield from server_steps(field, peers=peers)
    yield Step("Programme de tâches au repos", [tiles.WORKER_MEMORY], partial(tiles.worker_row, made))
    yield Step("Démonstration : deuxième démarrage, panne de PostgreSQL", start.empty_demo_rows(), start.demo_rows)


def crowds(made: BenchDatabase, seconds: float) -> Iterator[Step]:
    """People at work, on a server of their own and an empty cache."""
    port = server.free_port()
    web = server.running(server.web(made, port), f"http://127.0.0.1:{port}/health/live")
    with tiles.empty_cache(made), web as (*pids, front):
        accounts.private_layer()
        field = tiles.Field(made, port, pids, front, accounts.asker(), grid.grid_of(made))
        for count in people.CROWDS:
            yield Step(
                f"{count} personnes", people.empty_rows(count), partial(people.crowd_rows, field, count, seconds)
            )


def server_steps(field: tiles.Field, *, peers: bool) -> Iterator[Step]:
    """What is measured while the web server runs."""
    yield Step("Latence des tuiles", tiles.empty_latency_rows(), partial(tiles.latency_rows, field))
    yield with_tipg(field, asked=peers)
    yield Step("Tuiles gardées", [tiles.CACHED], partial(tiles.cache_row, field))
    yield Step("Mémoire sous charge", [tiles.WEB_MEMORY], partial(tiles.memory_row, field))
    yield Step("Photos gardées", photos.warm_empty_rows(), partial(photos.warm_rows, field))
    yield Step("Photos jamais dessinées", photos.cold_empty_rows(), partial(photos.cold_rows, field))
    yield with_titiler(field, asked=peers)
    yield Step("Millième page", [ogc.FAR], partial(ogc.far_row, field))
    yield Step("Filtre CQL2", [ogc.FILTERED], partial(ogc.filter_row, field))
    yield Step("Pages privées", [ogc.PRIVATE], partial(ogc.private_row, field))
    yield from (pages_against(field, peer, asked=peers) for peer in ogc.STARTS)
    yield Step("Fiches de parcelle", [parcels.SHEET, parcels.PAPER], partial(parcels.sheet_rows, field))
    yield with_geopandas(field, asked=peers)
    yield Step("Règles d'une zone", simulations.empty_rows(), partial(simulations.project_rows, field))
    yield Step("Altitudes et ombres", heights.empty_rows(), partial(heights.height_rows, field))
    yield Step("Autorisations d'urbanisme, pages", permits.empty_page_rows(), partial(permits.page_rows, field))
    yield Step("Autorisations d'urbanisme, tuiles", permits.empty_tile_rows(), partial(permits.tile_rows, field))
    yield Step("Réseaux d'eau", networks.empty_rows(), partial(networks.network_rows, field))
    yield Step("Routes", roads.empty_rows(), partial(roads.road_rows, field))
    yield Step("Recherche", [search.SUGGESTIONS], partial(search.suggestion_row, field))
    yield Step("Recherche de tout", [search.EVERYTHING], partial(search.everything_row, field))
    yield Step("Modifications", [edits.SAVED], partial(edits.saving_row, field))
    yield Step("Exports en flux", [exports.MEMORY], partial(exports.memory_row, field))
    yield Step("Jeton révoqué", [tiles.REVOKED], partial(tiles.revocation_row, field))
    yield Step("Navigateur", browser.empty_rows(), partial(browser.map_rows, field))
    yield Step("Vue 3D", scenes.empty_rows(), partial(scenes.scene_rows, field))


def with_tipg(field: tiles.Field, *, asked: bool) -> Step:
    """The comparison with tipg, or its rows named as skipped."""
    if asked:
        return Step("tipg", peers.empty_rows(), partial(peers.tipg_rows, field))
    return Step("tipg", peers.empty_rows(skipped=True), partial(peers.empty_rows, skipped=True))


def with_titiler(field: tiles.Field, *, asked: bool) -> Step:
    """The comparison with titiler, or its rows named as skipped."""
    if asked:
        return Step("titiler", titiler.empty_rows(), partial(titiler.titiler_rows, field))
    return Step("titiler", titiler.empty_rows(skipped=True), partial(titiler.empty_rows, skipped=True))


def with_geopandas(field: tiles.Field, *, asked: bool) -> Step:
    """The comparison with geopandas, or its row named as skipped."""
    if asked:
        return Step("Fiches face à geopandas", [parcels.AGAINST], partial(parcels.geopandas_row, field))
    skipped = [replace(parcels.AGAINST, skipped=True, note="mesuré seulement avec --peers")]
    return Step("Fiches face à geopandas", skipped, lambda: skipped)


def pages_against(field: tiles.Field, peer: str, *, asked: bool) -> Step:
    """Pages of features beside those of a peer, or its rows named as skipped."""
    empty = ogc.empty_peer_rows(peer, skipped=not asked)
    return Step(f"Pages face à {peer}", empty, partial(ogc.peer_rows, field, peer) if asked else lambda: empty)
