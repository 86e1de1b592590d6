from benchmarks import ogc
from benchmarks.rows import exit_code


def test_every_peer_and_page_has_its_promise():
    promises = [row.promise for peer in ogc.STARTS for row in ogc.empty_peer_rows(peer)]
    assert promises == ["≥ 8 x", "≥ 3 x", "≥ 3.5 x", "≥ 2 x", "≥ 8 x", "≥ 3 x", "≥ 8 x", "≥ 4 x"]


def test_peers_that_were_not_asked_for_do_not_fail_the_command():
    assert exit_code(ogc.empty_peer_rows("pygeoapi", skipped=True)) == 0


def test_peers_that_were_asked_for_and_not_measured_fail_the_command():
    assert exit_code(ogc.empty_peer_rows("pygeoapi")) == 1


def test_a_page_names_its_box_or_where_it_begins():
    page = ogc.Page(1000, 2000, 2017, (1.9, 47.5, 2.0, 47.6))
    assert ogc.ours_url(page) == "/ogc/collections/parcels/items?limit=1000&bbox=1.9%2C47.5%2C2.0%2C47.6"
    assert "cursor=MjAxNy4" in ogc.ours_url(ogc.Page(1000, 2000, 2017))
    assert ogc.pygeoapi_url(ogc.Page(100, 200, 217)) == "/collections/parcels/items?limit=100&offset=200&f=json"


def test_filters_of_the_benchmark_name_place_and_attribute():
    assert "S_INTERSECTS" in ogc.filter_url((1.9, 47.5, 2.0, 47.6))
    assert "area_m2" in ogc.filter_url((1.9, 47.5, 2.0, 47.6))
