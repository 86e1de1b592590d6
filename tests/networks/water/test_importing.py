"""Layers of files become a network of the member: read through a mapping, checked, loaded all or nothing."""

import pytest
import shapely

from gis_core.errors import Conflict
from gis_core.members.rights import acting_as
from gis_core.tasks import Interrupted
from layers.catalogue.models import Layer
from layers.features.services.write import Edit, apply_edits
from layers.intake.models import ImportMapping
from networks.water import tasks
from networks.water.importers.choices import NetworkChoices
from networks.water.services.importing import likely_readings
from tests import factories
from tests.networks.conftest import WEB, Network, X, Y, along, at
from tests.networks.water.importing import Importing, forget_events, messages, pipe, spot


def lengths(network: Network) -> list[float]:
    return [
        row[0] for row in network.rows("select round(st_length(geom)::numeric, 2)::float from water_pipe order by 1")
    ]


def counts(network: Network) -> tuple[int, int]:
    return network.rows("select (select count(*) from water_node), (select count(*) from water_pipe)")[0]  # type: ignore[return-value]


def test_pipes_and_nodes_of_two_files_become_a_network(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0), diametre="DN 100", materiau="Fonte ductile")])
    nodes = importing.file("vannes", [spot("V1", 100, 0)])
    made = importing.loaded(pipes, nodes)
    assert network.rows("select reference, material, diameter_mm, import_id from water_pipe") == [
        ("C1", "fd", 100, made.pk)
    ]
    assert network.rows("select reference, kind from water_node order by st_x(geom)") == [
        (None, "junction"), ("V1", "valve"),
    ]  # fmt: skip
    ((vertices, start, end),) = network.pipes()
    assert vertices == [(0, 0), (100, 0)]
    assert [row[0] for row in network.rows(f"select kind from water_node where id = {end}")] == ["valve"]
    assert start != end


def test_a_node_on_a_pipe_cuts_it_and_the_longer_piece_keeps_the_reference(
    importing: Importing, network: Network
) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    importing.loaded(pipes, importing.file("vannes", [spot("V1", 30, 0.01)]))
    assert network.rows("select reference, more->>'piece_of' from water_pipe order by st_length(geom) desc") == [
        ("C1", None), (None, "C1"),
    ]  # fmt: skip
    assert lengths(network) == [30, 70]


def test_the_pieces_of_a_pipe_that_is_cut_have_their_levels_on_its_slope(
    importing: Importing, network: Network
) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0), zamont=100, zaval=98)])
    importing.loaded(pipes, importing.file("vannes", [spot("V1", 30, 0)]))
    assert network.rows("select start_z, end_z from water_pipe order by start_z desc") == [(100, 99.4), (99.4, 98)]


def test_an_end_on_another_pipe_cuts_it_there(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), pipe("C2", (50, 0), (50, 40))]))
    assert lengths(network) == [40, 50, 50]
    assert counts(network) == (4, 3)


def test_ends_go_to_the_nodes_that_they_name(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (99.7, 0), idnini="N1", idnterm="N2")])
    nodes = importing.file("noeuds", [spot("N1", 0, 0, type="vanne"), spot("N2", 100, 0, type="ventouse")])
    importing.loaded(pipes, nodes, snap_m=0.5)
    assert network.pipes()[0][0] == [(0, 0), (100, 0)]


def test_connections_hang_on_the_pipe_that_they_name_else_on_the_nearest(
    importing: Importing, network: Network
) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), pipe("C2", (0, 20), (100, 20))])
    points = [
        spot("B1", 50, 19, canalisation="C1", adresse="1 rue des Tanneurs"), spot("B2", 50, 18), spot("B3", 50, 900),
    ]  # fmt: skip
    made = importing.loaded(pipes, importing.file("branchements", points))
    found = network.rows(
        "select c.reference, p.reference, c.address from water_connection c left join water_pipe p on p.id = c.pipe_id"
        " order by 1"
    )
    assert found == [("B1", "C1", "1 rue des Tanneurs"), ("B2", "C2", None), ("B3", None, None)]
    assert made.report["counts"]["water"]["connections"] == 3


def test_a_connection_hangs_on_the_nearest_piece_of_the_pipe_that_it_names(
    importing: Importing, network: Network
) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    houses = [spot("B1", 10, 5, canalisation="C1"), spot("B2", 90, 5, canalisation="C1")]
    importing.loaded(pipes, importing.file("vannes", [spot("V1", 30, 0)]), importing.file("branchements", houses))
    found = network.rows(
        "select c.reference, round(st_length(p.geom)) from water_connection c join water_pipe p on p.id = c.pipe_id"
        " order by 1"
    )
    assert found == [("B1", 30), ("B2", 70)]


def test_a_patient_at_home_is_not_named_on_a_connection(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    points = [spot("B1", 50, 3, sensitive="Dialyse à domicile", sensitive_name="Mme A.")]
    made = importing.loaded(pipes, importing.file("branchements", points))
    assert network.rows("select sensitive, sensitive_name from water_connection") == [("dialysis", None)]
    assert "contacts" in messages(made, "warning")[0]


def test_connections_alone_hang_on_the_network_that_is_there(importing: Importing, network: Network) -> None:
    there = network.pipe((0, 0), (100, 0))
    importing.loaded(importing.file("branchements", [spot("B1", 50, 5)]))
    assert network.rows("select pipe_id from water_connection") == [(there,)]


def test_what_no_column_takes_is_kept_beside(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0), marque="Pont-à-Mousson")]))
    assert network.rows("select more->>'marque' from water_pipe") == [("Pont-à-Mousson",)]


# -- errors ------------------------------------------------------------------------------------------------------------


def test_an_error_keeps_the_whole_file_out(importing: Importing, network: Network) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), (None, {"ref": "C2"})]
    made = importing.sent(importing.file("canalisations", rows))
    assert messages(made) == ["C2 has no geometry."]
    with pytest.raises(Conflict, match="errors"):
        importing.load(made)
    assert counts(network) == (0, 0)


def test_a_row_left_over_from_a_template_is_left_out_and_told(importing: Importing, network: Network) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), (None, {"ref": None})]
    made = importing.loaded(importing.file("canalisations", rows))
    assert any("empty row" in one for one in messages(made, "warning"))
    assert counts(network) == (2, 1)


def test_rows_that_the_network_does_not_need_may_be_left_out(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    far = importing.file("branchements", [spot("B1", 50, 5), spot("B2", 90_000, 0)])
    made = importing.sent(pipes, far)
    assert (made.plan["errors"], made.plan["spare"]) == (1, 1)
    made = importing.load(importing.read(made, leave="all"))
    assert made.state == "applied"
    assert network.rows("select reference from water_connection") == [("B1",)]


def test_a_pipe_outside_the_territory_is_an_error_that_cannot_be_left_out(importing: Importing) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C2", (90_000, 0), (90_100, 0))]
    made = importing.sent(importing.file("canalisations", rows), leave="all")
    assert (made.plan["errors"], made.plan["spare"]) == (1, 0)
    assert "territory" in messages(made)[0]


def test_a_reference_that_comes_twice_is_told(importing: Importing) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C1", (0, 0), (0, 100))]
    made = importing.sent(importing.file("canalisations", rows))
    assert messages(made) == ["The reference C1 is that of row 1 (canalisations) already."]


def test_a_kind_that_is_not_known_is_an_error_of_its_row(importing: Importing) -> None:
    nodes = importing.file("noeuds", [spot("N1", 0, 0, nature="vanne"), spot("N2", 50, 0, nature="zorglub")])
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (50, 0))]), nodes)
    first = next(one for one in made.findings if one["severity"] == "error")
    assert (first["row"], "zorglub" in messages(made)[0]) == (2, True)


def test_a_code_that_is_not_known_is_left_empty_kept_aside_and_told(importing: Importing, network: Network) -> None:
    rows = [pipe("C1", (0, 0), (100, 0), materiau="PVC"), pipe("C2", (0, 0), (0, 100), materiau="zorglub")]
    made = importing.loaded(importing.file("canalisations", rows))
    assert any("zorglub" in one for one in messages(made, "warning"))
    assert network.rows("select material, more->>'materiau' from water_pipe order by reference") == [
        ("pvc", None), (None, "zorglub"),
    ]  # fmt: skip


def test_diameters_in_inches_and_heights_in_feet_are_turned_into_ours(importing: Importing, network: Network) -> None:
    rows = [pipe("C1", (0, 0), (100, 0), diametre="6", z_amont="100")]
    made = importing.send(importing.file("canalisations", rows))
    mapping = {
        "canalisations": {
            "table": "water-pipes",
            "columns": {"reference": "ref", "diameter_mm": "diametre", "start_z": "z_amont"},
            "units": {"diameter_mm": "in", "start_z": "ft"},
        }
    }
    label = made.contents[0]["label"]
    importing.load(importing.read(made, mapping={label: mapping["canalisations"]}))
    assert network.rows("select diameter_mm, round(start_z::numeric, 2)::float from water_pipe") == [(152, 30.48)]


def test_a_pipe_without_length_is_an_error_and_may_be_left_out(importing: Importing, network: Network) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C2", (50, 50), (50.01, 50))]
    made = importing.sent(importing.file("canalisations", rows))
    assert "no length" in messages(made)[0]
    importing.load(importing.read(made, leave="all"))
    assert counts(network) == (2, 1)


def test_a_loop_is_cut_in_two_and_told(importing: Importing, network: Network) -> None:
    loop = pipe("C1", (0, 0), (100, 0), (100, 100), (0, 100), (0, 0))
    made = importing.loaded(importing.file("canalisations", [loop]))
    assert any("cut in two" in one for one in messages(made, "warning"))
    assert lengths(network) == [200, 200]
    assert counts(network) == (2, 2)


def test_a_pipe_that_lies_on_another_is_told(importing: Importing) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C2", (100, 0), (0, 0.01))]
    made = importing.sent(importing.file("canalisations", rows))
    assert messages(made) == ["It lies on C1, between the same ends: one of the two is too many."]


def test_a_pipe_that_lies_on_one_of_the_network_is_told(importing: Importing, network: Network) -> None:
    network.pipe((0, 0), (100, 0))
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    assert "a pipe of your network" in messages(made)[0]


def test_parts_without_a_source_are_told(importing: Importing) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C2", (0, 500), (100, 500))]
    made = importing.sent(importing.file("canalisations", rows), importing.file("reservoirs", [spot("R1", 0, 0)]))
    assert [one["parts"] for one in made.plan["networks"]] == [2]
    assert sum("Nothing feeds" in one for one in messages(made, "warning")) == 1


def test_lines_in_three_dimensions_and_of_several_parts_come_in(importing: Importing, network: Network) -> None:
    joined = shapely.MultiLineString([[(X, Y, 5), (X + 50, Y, 5)], [(X + 50, Y, 5), (X + 100, Y, 5)]])
    apart = shapely.MultiLineString([[(X, Y + 50), (X + 60, Y + 50)], [(X, Y + 80), (X + 20, Y + 80)]])
    made = importing.loaded(importing.file("canalisations", [(joined, {"ref": "C1"}), (apart, {"ref": "C2"})]))
    assert network.rows("select reference, st_length(geom), st_ndims(geom) from water_pipe order by 2") == [
        (None, 20, 2), ("C2", 60, 2), ("C1", 100, 2),
    ]  # fmt: skip
    assert any("separate lines" in one for one in messages(made, "warning"))


def test_points_among_pipes_are_told(importing: Importing) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C2", (0, 0), (0, 90)), spot("C3", 5, 5)]
    made = importing.sent(importing.file("canalisations", rows))
    assert [one["row"] for one in made.findings if one["severity"] == "error"] == [3]


def test_a_chamber_around_a_valve_becomes_one_node_that_says_both(importing: Importing, network: Network) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    nodes = importing.file("noeuds", [spot("K1", 100, 0, nature="chambre"), spot("V1", 100, 0.01, nature="vanne")])
    importing.loaded(pipes, nodes)
    ((kind, more),) = network.rows(
        "select kind, more->'same_place'->0->>'reference' from water_node where reference = 'V1'"
    )
    assert (kind, more) == ("valve", "K1")


def test_two_valves_in_one_place_are_an_error(importing: Importing) -> None:
    pipes = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    made = importing.sent(pipes, importing.file("vannes", [spot("V1", 100, 0), spot("V2", 100, 0.02)]))
    assert messages(made) == ["V1 is in the same place: one of the two must be moved or left out."]


# -- beside what is there ----------------------------------------------------------------------------------------------


def test_a_file_is_joined_to_the_network_that_is_there(importing: Importing, network: Network) -> None:
    valve = network.node(0, 0)
    network.pipe((0, 0), (0, 100))
    importing.loaded(importing.file("canalisations", [pipe("C1", (0.02, 0), (100, 0)), pipe("C2", (0, 60), (50, 60))]))
    assert network.rows("select start_node_id from water_pipe where reference = 'C1'") == [(valve,)]
    assert lengths(network) == [40, 50, 60, 100]


def test_a_plain_junction_of_the_network_becomes_the_valve_of_the_file(importing: Importing, network: Network) -> None:
    network.pipe((0, 0), (0, 100))
    made = importing.loaded(importing.file("vannes", [spot("V1", 0, 0)]))
    assert network.rows("select count(*), max(reference) from water_node") == [(2, "V1")]
    importing.take_back(made)
    assert network.rows("select count(*), max(reference), min(kind) from water_node") == [(2, None, "junction")]


def test_objects_that_are_there_already_ask_for_a_choice(importing: Importing, network: Network) -> None:
    file = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))])
    former = importing.loaded(file)
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (120, 0)), pipe("C2", (0, 0), (0, 50))]))
    assert made.plan["known"] == {"count": 1, "by_hand": 0, "imports": [former.pk], "edited": 0, "same_files": True}
    with pytest.raises(Conflict, match="already"):
        importing.load(made)


def test_a_second_delivery_replaces_the_first_under_the_same_ids(importing: Importing, network: Network) -> None:
    former = importing.loaded(
        importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), pipe("C9", (0, 0), (0, 9))])
    )
    (before,) = network.rows("select id, version from water_pipe where reference = 'C1'")
    outside = network.make("water-connections", at(50, 5))
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (120, 0))]), known="replace")
    made = importing.load(made)
    assert made.state == "applied", made.message
    assert network.rows("select id, version, st_length(geom), import_id from water_pipe") == [
        (before[0], before[1] + 1, 120, made.pk)
    ]
    assert network.rows(f"select pipe_id from water_connection where id = {outside}") == [(before[0],)]
    with factories.as_owner():
        former.refresh_from_db()
    assert former.state == "reverted"


def test_replacing_what_somebody_changed_asks_to_confirm(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    (pk,) = network.rows("select id from water_pipe")[0]
    network.change("water-pipes", pk, material="pvc")
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (120, 0))]), known="replace")
    with pytest.raises(Conflict, match="changed since"):
        importing.load(made)
    assert importing.load(made, confirmed=True).state == "applied"


def test_only_what_is_new_may_be_added(importing: Importing, network: Network) -> None:
    importing.loaded(
        importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]), importing.file("vannes", [spot("V1", 100, 0)])
    )
    pipes = importing.file(
        "canalisations", [pipe("C1", (0, 0), (120, 0)), pipe("C2", (100, 0), (100, 50), idnini="V1")]
    )
    made = importing.load(importing.sent(pipes, importing.file("vannes", [spot("V1", 100, 0)]), known="add"))
    assert made.state == "applied", made.message
    assert lengths(network) == [50, 100]
    assert counts(network) == (3, 2)


def test_objects_drawn_by_hand_are_never_replaced(importing: Importing, network: Network) -> None:
    network.pipe((0, 0), (100, 0), reference="C1")
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 50), (100, 50))]), known="replace")
    assert "no import brought it" in messages(made)[0]


def test_another_members_network_is_left_alone(importing: Importing, network: Network) -> None:
    with network.as_("stranger"):
        layer = Layer.objects.get(slug="water-pipes")
        edit = Edit(action="create", properties={"service_state": "en_service"}, geometry=along((0, 0), (100, 0)))
        apply_edits(layer, [edit], rights=network.rights("stranger"), origin=WEB)
    importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    assert sorted(network.rows("select owner_id, count(*) from water_pipe group by 1")) == sorted(
        [(network.member.pk, 1), (network.other.pk, 1)]
    )
    assert counts(network) == (4, 2)


# -- taking back, history, mappings ------------------------------------------------------------------------------------


def test_an_import_is_one_event_of_the_history_of_each_layer(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), pipe("C2", (0, 0), (0, 50))]))
    assert network.rows(
        "select kind, rows, detail->>'label' from gis_core_historyevent where \"table\" = 'water_pipe'"
    ) == [("import", 2, "canalisations.geojson")]
    kept = "select count(*) from gis_core_rowhistory h join gis_core_historyevent e on e.id = h.event_id"
    assert network.rows(f"{kept} where e.\"table\" like 'water%'") == [(0,)]


def test_an_import_is_taken_back_but_for_what_was_changed_since(importing: Importing, network: Network) -> None:
    rows = [pipe("C1", (0, 0), (100, 0)), pipe("C2", (0, 0), (0, 50)), pipe("C3", (500, 0), (600, 0))]
    made = importing.loaded(importing.file("canalisations", rows))
    (pk,) = network.rows("select id from water_pipe where reference = 'C1'")[0]
    network.change("water-pipes", pk, material="pvc")
    made = importing.take_back(made)
    assert network.rows("select reference from water_pipe") == [("C1",)]
    assert counts(network) == (2, 1)
    assert (made.state, made.report["reverted"]) == ("reverted", {"removed": 5, "kept": 3})


def test_a_pipe_that_an_import_had_cut_is_one_again(importing: Importing, network: Network) -> None:
    network.pipe((0, 0), (0, 100), reference="A")
    made = importing.loaded(importing.file("canalisations", [pipe("C1", (0, 60), (50, 60))]))
    assert lengths(network) == [40, 50, 60]
    importing.take_back(made)
    assert network.rows("select reference, st_length(geom) from water_pipe") == [("A", 100)]
    assert counts(network) == (2, 1)


def test_two_imports_that_cut_one_another_are_taken_back_in_a_row(importing: Importing, network: Network) -> None:
    first = importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (0, 100))]))
    second = importing.loaded(importing.file("autres", [pipe("C2", (0, 60), (50, 60))]))
    assert lengths(network) == [40, 50, 60]
    assert importing.take_back(second).report["reverted"]["kept"] == 0
    assert lengths(network) == [100]
    assert importing.take_back(first).report["reverted"] == {"removed": 3, "kept": 0}
    assert counts(network) == (0, 0)


def test_a_pipe_whose_length_on_record_somebody_wrote_stays(importing: Importing, network: Network) -> None:
    """Joining pipes forgets it: that it is another one is then no change of anybody's, and otherwise it is."""
    made = importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (0, 100))]))
    ((pk,),) = network.rows("select id from water_pipe")
    network.change("water-pipes", pk, declared_length_m=104.5)
    assert importing.take_back(made).report["reverted"]["kept"] == 3
    assert network.rows("select declared_length_m from water_pipe") == [(104.5,)]


def test_a_pipe_that_was_cut_and_joined_and_then_changed_stays(importing: Importing, network: Network) -> None:
    first = importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (0, 100))]))
    second = importing.loaded(importing.file("autres", [pipe("C2", (0, 60), (50, 60))]))
    importing.take_back(second)
    ((pk,),) = network.rows("select id from water_pipe")
    network.change("water-pipes", pk, material="pvc")
    assert importing.take_back(first).report["reverted"]["kept"] == 3
    assert lengths(network) == [100]


def test_nodes_of_which_nobody_said_what_they_are_are_asked_for(importing: Importing) -> None:
    made = importing.sent(importing.file("equipements", [spot("V1", 0, 0)]))
    assert (made.state, made.message) == (
        "choosing", "Say what the nodes of “equipements” are: one kind for all, or the column that tells."
    )  # fmt: skip


def test_a_file_that_is_called_like_a_table_of_raepa_is_read_through_a_mapping(importing: Importing) -> None:
    made = importing.send(importing.file("canalisations_aep", [pipe("C1", (0, 0), (100, 0))]))
    assert (made.state, NetworkChoices.of(made).format) == ("choosing", "layers")


def test_a_mapping_is_kept_for_the_next_file(importing: Importing, network: Network) -> None:
    made = importing.send(importing.file("reseau", [pipe("C1", (0, 0), (100, 0), xx="amiante")]))
    label = made.contents[0]["label"]
    chosen = {
        "table": "water-pipes",
        "columns": {"reference": "ref", "material": "xx"},
        "values": {"material": {"amiante": "amci"}},
    }
    importing.load(importing.read(made, mapping={label: chosen}, name="Exploitant"))
    with factories.as_owner():
        assert ImportMapping.objects.get(source="network").name == "Exploitant: reseau"
    again = importing.sent(importing.file("reseau", [pipe("C2", (0, 200), (100, 200), xx="amiante")]))
    importing.load(again)
    assert network.rows("select reference, material from water_pipe order by 1") == [("C1", "amci"), ("C2", "amci")]


def test_a_mapping_serves_next_year_s_file_of_the_same_fields(importing: Importing, network: Network) -> None:
    made = importing.send(importing.file("pei_2025", [spot("H1", 0, 0, xx="BI")]))
    chosen = {"table": "water-nodes", "columns": {"reference": "ref", "name": "xx"}, "fixed": {"kind": "hydrant"}}
    importing.load(importing.read(made, mapping={made.contents[0]["label"]: chosen}, name="PEI"))

    def likely(name: str, **values: str) -> tuple[str, dict[str, str]]:
        sent = importing.send(importing.file(name, [spot("H2", 50, 0, **values)]))
        with acting_as(network.rights(importing.who)):
            found, readings = likely_readings(network.member, sent.contents)
        return found, dict(readings[name].columns)

    assert likely("pei_2026", xx="PI") == ("PEI", chosen["columns"])
    assert likely("pei_2026", xx="PI", yy="1")[0] == ""
    assert likely("vannes", xx="PI")[0] == ""


def test_what_was_loaded_is_looked_at_for_anomalies_soon(importing: Importing, network: Network) -> None:
    importing.loaded(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    importing.loaded(importing.file("autres", [pipe("C2", (0, 50), (100, 50))]))
    waiting = "select count(*) from procrastinate_jobs where task_name = 'scan_networks' and status = 'todo'"
    assert network.rows(waiting) == [(1,)]


def test_a_load_whose_worker_is_killed_is_done_by_the_next_one(
    importing: Importing, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = importing.sent(importing.file("canalisations", [pipe("C1", (0, 0), (100, 0))]))
    with monkeypatch.context() as killed:
        killed.setattr(tasks, "rebind", dying)
        with pytest.raises(Interrupted):
            importing.load(made)
    forget_events()
    assert network.pipes() == []
    assert importing.worked_off(made).state == "applied"
    assert len(network.pipes()) == 1


def dying(_owner: int) -> None:
    """The worker is killed when everything is written, and nothing is kept yet."""
    raise Interrupted
