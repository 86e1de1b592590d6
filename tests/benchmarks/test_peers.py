from benchmarks import peers
from benchmarks.rows import exit_code


def test_without_peers_every_row_is_named_as_skipped():
    assert [row.as_json()["holds"] for row in peers.empty_rows(skipped=True)] == ["skipped"] * 8


def test_skipped_peers_do_not_fail_the_command():
    assert exit_code(peers.empty_rows(skipped=True)) == 0


def test_peers_that_were_asked_for_and_not_measured_fail_the_command():
    assert exit_code(peers.empty_rows()) == 1


def test_every_zoom_says_its_own_promise():
    promises = [row.promise for row in peers.empty_rows()]
    assert promises == ["≥ 1.2 x", "≥ 1.2 x", "≥ 4 x", "≥ 8 x", *["≥ 1.2 x"] * 4]
