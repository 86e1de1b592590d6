import json

from benchmarks.rows import Row, exit_code, run_measure, table

RATIO = Row("a ratio", 3.0, "ms", "at most", 1.5, reference=2.0, relative=True)
FIGURE = Row("a figure", 12.0, "tuiles/s", "at least", 10)


def test_a_relative_row_holds_by_its_ratio():
    assert (RATIO.ratio, RATIO.holds) == (1.5, True)


def test_a_row_without_reference_holds_by_its_figure():
    assert (FIGURE.ratio, FIGURE.holds) == (None, True)


def test_a_relative_row_without_reference_is_not_measured():
    assert Row("a ratio", 3.0, "ms", "at most", 1.5, relative=True).holds is None


def test_rows_that_hold_give_zero():
    assert exit_code([RATIO, FIGURE]) == 0


def test_a_row_that_does_not_hold_gives_one():
    assert exit_code([RATIO, Row("slow", 9.0, "tuiles/s", "at least", 10)]) == 1


def test_a_row_that_was_not_measured_gives_one():
    assert exit_code([RATIO, Row("unknown", None, "ms", "at most", 10)]) == 1


def test_a_skipped_row_does_not_fail():
    assert exit_code([RATIO, Row("peer", None, "tuiles/s", "at least", 4, skipped=True)]) == 0


def test_a_measure_that_fails_leaves_its_rows_unmeasured_with_the_reason():
    def fails() -> list[Row]:
        raise RuntimeError("no browser\nat all")

    (row,) = run_measure([FIGURE], fails)
    assert (row.name, row.holds, row.note) == ("a figure", None, "RuntimeError : no browser")


def test_json_says_null_for_what_was_not_measured():
    said = json.loads(json.dumps(Row("unknown", None, "ms", "at most", 10).as_json()))
    assert (said["holds"], said["ours"]) == (None, None)


def test_json_has_the_promised_fields():
    promised = {"name", "ours", "reference", "unit", "ratio", "goal", "holds"}
    assert promised <= RATIO.as_json().keys()


def test_the_goal_of_a_ratio_is_said_as_a_ratio():
    assert (RATIO.as_json()["goal"], FIGURE.as_json()["goal"]) == ("≤ 1.5 x", "≥ 10 tuiles/s")


def test_the_table_names_the_reason_of_what_was_not_measured():
    assert "NON MESURÉ : unknown (no wrk)" in table([Row("unknown", None, "ms", "at most", 10, note="no wrk")])
