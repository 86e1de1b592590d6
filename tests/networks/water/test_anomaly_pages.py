"""The worklist of anomalies by the API and as a page."""

from typing import Any

from gis_core.members.rights import Role
from gis_core.models import Job, Membership
from networks.water.models import Anomaly
from tests import factories
from tests.networks.conftest import Network
from tests.networks.water.test_anomalies import node_at, scan, supplied
from tests.networks.water.test_anomaly_repairs import gap

API = "/api/v1/networks/water/anomalies/"


def several(network: Network) -> None:
    """Three side pipes that miss the main by 10, 40 and 90 cm, and what is more."""
    supplied(network)
    for x, metres in ((20, 0.1), (50, 0.4), (80, 0.9)):
        network.node(x, 60, "drain")
        network.pipe((x, metres), (x, 60), material="fd", diameter_mm=60)
    scan(network)


def listed(network: Network, query: str = "", who: str = Role.NETWORK_TECHNICIAN) -> dict[str, Any]:
    answer = network.client(who).get(f"{API}?{query}")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def post(network: Network, url: str, body: dict[str, Any], who: str = Role.NETWORK_TECHNICIAN) -> Any:
    return network.client(who).post(url, body, content_type="application/json")


def test_anomalies_are_points_with_words_and_counts_by_kind(network: Network) -> None:
    gap(network)
    scan(network)
    told = listed(network)
    assert {one["kind"]: one["count"] for one in told["kinds"]} == {"isolated": 1, "near_miss": 1}
    (near,) = [one for one in told["features"] if one["properties"]["kind"] == "near_miss"]
    assert near["geometry"]["type"] == "Point"
    assert "à 1,2 m d’un objet non relié" in near["properties"]["words"].replace("\u202f", " ").replace("\xa0", " ")


def test_the_list_goes_on_where_the_page_ended(network: Network) -> None:
    several(network)
    first = listed(network, "limit=2&kind=near_miss")
    after = network.client().get(first["next"]).json()
    ids = [one["id"] for one in first["features"] + after["features"]]
    assert (len(ids), len(set(ids)), after["next"]) == (3, 3, None)


def test_only_the_view_a_measure_or_a_state_are_shown(network: Network) -> None:
    several(network)
    assert listed(network, "kind=near_miss&within_m=0.5")["count"] == 2
    assert listed(network, "state=ignored")["count"] == 0
    assert listed(network, "bbox=2.5,48.5,2.6,48.6")["count"] == 0


def test_other_members_do_not_see_them(network: Network) -> None:
    several(network)
    assert listed(network, who="stranger")["features"] == []


def test_what_makes_no_sense_is_refused_in_words(network: Network) -> None:
    for query in ("kind=wrong_slope", "state=x", "after=9-9", "bbox=1,2"):
        answer = network.client().get(f"{API}?{query}")
        assert (answer.status_code, answer["content-type"]) == (400, "application/problem+json")


def test_a_repair_is_looked_at_then_done_with_the_versions_that_were_seen(network: Network) -> None:
    main = gap(network)
    scan(network)
    (one,) = listed(network, "kind=near_miss")["features"]
    seen = network.client().get(f"{API}{one['id']}/").json()["ways"][0]
    assert {drawn["role"] for drawn in seen["drawn"]} == {"before", "after"}
    body = {"action": "repair", "way": seen["way"], "versions": seen["versions"]}
    network.change("water-pipes", main, comment="Vu")
    assert post(network, f"{API}{one['id']}/", body).status_code == 409
    body["versions"] = network.client().get(f"{API}{one['id']}/").json()["ways"][0]["versions"]
    done = post(network, f"{API}{one['id']}/", body)
    assert (done.status_code, done.json()["properties"]["state"]) == (200, "repaired")
    assert len(network.pipes()) == 3


def test_all_gaps_of_at_most_so_much_are_repaired_at_once(network: Network) -> None:
    several(network)
    told = post(network, API, {"action": "repair", "kind": "near_miss", "within_m": 0.5}).json()
    assert told == {"repaired": 2, "failed": []}
    assert listed(network, "kind=near_miss")["count"] == 1


def test_readers_see_and_repair_nothing(network: Network) -> None:
    several(network)
    (one, *_others) = listed(network, "kind=near_miss", who=Role.READER)["features"]
    assert one["properties"]["may_treat"] is False
    assert post(network, f"{API}{one['id']}/", {"action": "repair"}, Role.READER).status_code == 403
    assert post(network, API, {"action": "repair", "kind": "near_miss"}, Role.READER).status_code == 403
    assert len(network.pipes()) == 4


def test_ignoring_says_why(network: Network) -> None:
    several(network)
    one = listed(network, "kind=near_miss")["features"][0]["id"]
    assert post(network, f"{API}{one}/", {"action": "ignore"}).status_code == 400
    assert post(network, f"{API}{one}/", {"action": "ignore", "reason": "Passe au-dessus"}).status_code == 200
    assert listed(network, "state=ignored")["features"][0]["properties"]["reason"] == "Passe au-dessus"


def test_a_scan_is_asked_for_once(network: Network) -> None:
    asked = [post(network, API, {"action": "scan"}) for _ in range(2)]
    assert [answer.status_code for answer in asked] == [202, 202]
    with factories.as_owner():
        assert Job.objects.filter(kind="scan_network").count() == 1


def test_the_page_lists_them_with_links_to_the_map(network: Network) -> None:
    several(network)
    page = network.client().get("/reseaux/anomalies/?kind=near_miss", headers={"accept": "text/html"}).content.decode()
    assert page.count('<th scope="row">') == 3
    assert "s=water-nodes." in page


def test_the_page_is_a_table_to_take_away(network: Network) -> None:
    several(network)
    csv = network.client().get("/reseaux/anomalies/?kind=near_miss&format=csv").content.decode()
    assert csv.startswith("\ufeff")
    assert len(csv.splitlines()) == 4


def test_a_scan_is_started_from_the_page(network: Network) -> None:
    form = {"family": "sewer", "member": network.member.slug}
    assert network.client().post("/reseaux/anomalies/", form).status_code == 302
    with factories.as_owner():
        assert Job.objects.get(kind="scan_network").parameters == {"family": "sewer"}


def test_an_anomaly_of_an_object_that_is_gone_offers_nothing(network: Network) -> None:
    several(network)
    pipe = network.rows("select id from water_pipe where st_ymax(geom) > st_ymin(geom) + 10 order by id limit 1")[0][0]
    end = node_at(network, 20, 0.1)
    network.remove("water-pipes", pipe)
    with network.as_():
        one = Anomaly.objects.get(kind="near_miss", object_id=end)
    told = network.client().get(f"{API}{one.pk}/").json()
    assert told["ways"] == []


def test_a_batch_leaves_out_the_networks_where_the_asker_only_reads(network: Network) -> None:
    gap(network)
    scan(network)
    person = factories.user(network.member, Role.READER)
    with factories.as_owner():
        Membership.objects.create(user=person, member=network.other, role=Role.NETWORK_TECHNICIAN)
    network.people["both"] = person
    answer = post(network, API, {"action": "repair", "kind": "near_miss"}, "both")
    assert (answer.status_code, answer.json()) == (200, {"repaired": 0, "failed": []})
