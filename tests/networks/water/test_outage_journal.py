"""The life of an outage on its page: times and who says them, its end and reopening, the duplicate."""

import json
import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from networks.water.models import Outage, OutageEntry
from networks.water.services.overview import waiting
from tests import factories
from tests.networks.conftest import Network
from tests.networks.water.outages import (
    LIST,
    ago,
    build_network,
    clock,
    entries,
    outage,
    page,
    post,
    save,
    source,
)


@pytest.fixture
def valves(network: Network) -> list[int]:
    return build_network(network)


@pytest.fixture
def path(network: Network, valves: list[int]) -> str:
    return save(network)


def test_a_saved_outage_says_when_and_by_whom_the_break_was_found(network: Network, path: str) -> None:
    (line,) = entries("found")
    assert line.at == outage().started_at
    assert line.recorded_by == network.people["network_technician"]


def test_valves_ticked_on_the_map_are_closed_when_they_were_ticked(network: Network, valves: list[int]) -> None:
    then = ago(minutes=20)
    save(network, closed=json.dumps({str(valves[0]): then.isoformat(), str(valves[1]): None, "77": None}))
    lines = {one.valve: one for one in entries("closed")}
    assert set(lines) == set(valves)
    assert lines[valves[0]].at == then
    assert outage().started_at == then


@pytest.mark.parametrize("closed", ["{", "[1]", '{"x": 1}', '{"1": 5}', "[" * 5000])
def test_ticks_that_cannot_be_read_lose_no_outage(network: Network, valves: list[int], closed: str) -> None:
    save(network, closed=closed)
    assert entries("closed") == []


def test_a_valve_is_said_to_be_closed_with_one_tap(network: Network, path: str, valves: list[int]) -> None:
    for _again in range(2):
        answer = post(network, path, do="time", kind="closed", valve=str(valves[0]))
        assert answer.status_code == 302
    (line,) = entries("closed")
    assert (line.valve, line.reference) == (valves[0], "V1")
    assert "1 sur 2" in page(network, path)


def test_a_time_is_corrected_by_another_line_and_the_former_stays_struck_out(network: Network, path: str) -> None:
    then = ago(hours=3)
    assert post(network, path, who="gis_administrator", do="time", kind="found", at=clock(then)).status_code == 302
    former, line = entries("found")
    assert former.struck_at is not None
    assert former.struck_by_id == network.people["gis_administrator"].pk
    assert (line.at, line.replaces_id) == (then, former.pk)
    assert outage().started_at == then
    assert line.recorded_by == network.people["gis_administrator"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "repaired", "at": "2999-01-01T10:00"}, "Vérifiez l’année"),
        ({"kind": "repaired", "at": "0026-01-01T10:00"}, "Vérifiez l’année"),
        ({"kind": "repaired", "at": "hier"}, "pas un jour"),
        ({"kind": "repaired", "at": "2026-03-29T02:30"}, "n’existe pas"),
        ({"kind": "closed", "valve": "999999"}, "aucune vanne de la coupure"),
        ({"kind": "closed"}, "aucune vanne de la coupure"),
        ({"kind": "handed"}, "pas proposé"),
        ({"kind": "back"}, "l’eau est revenue"),
    ],
)
def test_what_is_no_time_of_the_work_is_refused(
    network: Network, path: str, fields: dict[str, str], message: str
) -> None:
    answer = post(network, path, do="time", **fields)
    assert answer.status_code == 400
    assert message in " ".join(strip_tags(answer.content.decode()).split())


def test_a_time_to_come_is_refused(network: Network, path: str) -> None:
    answer = post(network, path, do="time", kind="repaired", at=clock(ago(hours=-2)))
    assert answer.status_code == 400
    assert entries("repaired") == []


def test_the_hour_that_comes_twice_is_the_first_one(network: Network, path: str) -> None:
    post(network, path, do="time", kind="found", at="2025-10-26T02:30")
    assert outage().started_at.isoformat() == "2025-10-26T00:30:00+00:00"


def test_times_in_an_impossible_order_are_kept_and_doubted(network: Network, path: str, valves: list[int]) -> None:
    post(network, path, do="time", kind="repaired", at=clock(ago(minutes=10)))
    assert "vérifiez les deux heures" in page(network, path)
    post(network, path, do="time", kind="found", at=clock(ago(hours=1)))
    assert "vérifiez les deux heures" not in page(network, path)


def test_readers_see_times_and_record_none(network: Network, path: str, valves: list[int]) -> None:
    assert post(network, path, who="reader", do="time", kind="repaired").status_code == 403
    assert 'name="do"' not in source(network, path, "reader")
    assert post(network, path, who="stranger", do="time", kind="repaired").status_code == 404


def test_a_wrong_line_is_struck_out_for_a_reason(network: Network, path: str, valves: list[int]) -> None:
    post(network, path, do="time", kind="closed", valve=str(valves[0]))
    (line,) = entries("closed")
    assert post(network, path, do="strike", inspection=str(line.pk), reason=" ").status_code == 400
    assert post(network, path, do="strike", inspection=str(line.pk), reason="Autre vanne").status_code == 302
    assert "0 sur 2" in page(network, path)
    assert "Autre vanne" in page(network, path)
    (found,) = entries("found")
    assert post(network, path, do="strike", inspection=str(found.pk), reason="x").status_code == 409


def test_the_end_asks_first_and_may_be_at_another_hour(network: Network, path: str) -> None:
    assert "Oui, l’eau est revenue" in page(network, path)
    then = ago(minutes=5)
    post(network, path, do="time", kind="found", at=clock(ago(hours=1)))
    version = str(outage().version)
    assert post(network, path, do="end", version=version, at=clock(then)).status_code == 302
    assert (outage().state, outage().ended_at) == ("ended", then)
    post(network, path, do="time", kind="back", at=clock(ago(minutes=2)))
    assert outage().ended_at == ago(minutes=2)


def test_an_ended_outage_is_opened_again_for_a_reason(network: Network, path: str) -> None:
    assert post(network, path, do="reopen", reason="x").status_code == 409
    post(network, path, do="end", version="1")
    assert post(network, path, do="reopen", reason="").status_code == 400
    assert post(network, path, do="reopen", reason="Fuite reprise").status_code == 302
    assert (outage().state, outage().ended_at, outage().ended_by_id) == ("open", None, None)
    (back,) = entries("back")
    assert back.strike_reason == "Fuite reprise"
    assert "Coupure rouverte" in page(network, path)
    assert post(network, path, do="end", version=str(outage().version)).status_code == 302


def test_a_duplicate_is_struck_out_and_leads_to_the_one_that_is_kept(network: Network, path: str) -> None:
    other = save(network)
    kept = path.rstrip("/").rpartition("/")[2]
    assert post(network, other, do="void", reason="", duplicate_of=kept).status_code == 400
    assert post(network, other, do="void", reason="Deux fois", duplicate_of="999999").status_code == 404
    assert post(network, other, do="void", reason="Deux fois", duplicate_of=kept).status_code == 302
    assert "Deux fois" in page(network, other)
    assert path in source(network, other)
    assert other in source(network, path)
    assert f'href="{other}"' not in source(network, LIST)
    assert f'href="{other}"' in source(network, f"{LIST}?state=struck")
    with network.as_():
        (task,) = [one for one in waiting(network.rights()) if one.page == "outages"]
    assert task.count == 1


def test_nothing_of_a_struck_outage_is_changed(network: Network, path: str) -> None:
    post(network, path, do="void", reason="Erreur")
    for fields in ({"do": "time", "kind": "repaired"}, {"do": "end", "version": "3"}, {"do": "void", "reason": "x"}):
        assert post(network, path, **fields).status_code == 409


def test_an_outage_kept_before_it_had_a_journal_says_when_it_began(network: Network, path: str) -> None:
    network.rows("with gone as (delete from water_outage_entry returning 1) select count(*) from gone")
    assert "Casse constatée" in page(network, path)
    assert post(network, path, do="time", kind="found", at=clock(ago(hours=2))).status_code == 302
    assert outage().started_at == ago(hours=2)


def test_the_wall_hides_the_journal_of_another_member(network: Network, path: str) -> None:
    with network.as_("stranger"):
        assert not OutageEntry.objects.exists()
    with network.as_("reader"):
        assert OutageEntry.objects.exists()


def test_a_valve_that_was_ticked_by_mistake_is_taken_back_where_it_stands(
    network: Network, path: str, valves: list[int]
) -> None:
    post(network, path, do="time", kind="closed", valve=str(valves[0]))
    (line,) = entries("closed")
    html = source(network, path)
    assert re.search(rf'value="{line.pk}"><input[^>]+name="reason"[^>]+><button[^>]+>Retirer cette heure<', html)
    answer = post(network, path, do="strike", inspection=str(line.pk), reason="Notée par erreur")
    assert answer.url == f"{path}#valves"
    assert "Elle ne se ferme pas" in source(network, path)
    assert "0 sur 2" in page(network, path)


def test_what_is_opened_again_is_folded_until_the_pipe_is_repaired(
    network: Network, path: str, valves: list[int]
) -> None:
    post(network, path, do="time", kind="closed", valve=str(valves[0]))
    assert re.search(r'aria-labelledby="opening"><details class="fold">', source(network, path))
    post(network, path, do="time", kind="repaired")
    assert re.search(r'aria-labelledby="opening"><details class="fold" open>', source(network, path))


def test_the_end_says_how_many_valves_are_not_opened_again(network: Network, path: str, valves: list[int]) -> None:
    for valve in valves:
        post(network, path, do="time", kind="closed", valve=str(valve))
    post(network, path, do="time", kind="opened", valve=str(valves[0]))
    assert "1 vanne fermée n’est pas notée rouverte" in page(network, path)
    post(network, path, do="time", kind="opened", valve=str(valves[1]))
    assert "notée rouverte" not in page(network, path)


def test_the_page_is_seen_from_its_top_once_the_water_is_back(network: Network, path: str) -> None:
    with factories.as_owner():
        Outage.objects.update(started_at=outage().started_at - timedelta(hours=2))
    answer = post(network, path, do="end", version=str(outage().version))
    assert answer.url == f"{path}#"
