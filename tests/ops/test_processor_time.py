from pathlib import Path

from gis_core.operations.processor_time import PER_SECOND, Spent, seconds_in


def test_a_process_counts_with_its_children_that_ended_whatever_its_name(tmp_path: Path):
    stat = tmp_path / "stat"
    ticks = [PER_SECOND * seconds for seconds in (1, 2, 30, 400)]
    stat.write_text(f"7 (a) S (b) S 1 7 7 0 -1 4194560 0 0 0 0 {' '.join(map(str, ticks))} 20 0 1 0\n")
    assert seconds_in(stat) == 433


def test_a_process_that_has_ended_counts_for_nothing(tmp_path: Path):
    assert seconds_in(tmp_path / "stat") == 0


def test_the_whole_is_parted_into_tests_their_database_the_rest_and_idleness():
    before, after = Spent(1000, 500, 10, 20), Spent(2000, 600, 410, 320)
    assert after.line(before) == (
        "Processeurs : tests 400 s, leur PostgreSQL 300 s, le reste de la machine 200 s, inoccupés 10 % du temps"
    )
