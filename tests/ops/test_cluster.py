import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place
from gis_core.operations.processes import is_postmaster, wait_until
from gis_core.operations.tuning import tuning
from tests.ops.conftest import temporary_place

LEAKPROOF = """
select string_agg(proname, ' ' order by proname) from pg_proc where proleakproof and proname in
('geometry_overlaps', 'geometry_within', 'geometry_contains', 'textlike', 'st_intersects')
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    with temporary_place() as place:
        cluster = Cluster(place, for_tests=True)
        cluster.start()
        yield cluster


def test_memory_settings_follow_the_machine():
    small, large = tuning(1024, 1, durable=True), tuning(24_000, 2, durable=True)
    assert (small["shared_buffers"], large["shared_buffers"]) == ("64MB", "1500MB")


def test_only_a_test_cluster_gives_up_durability():
    assert "fsync" not in tuning(1024, 1, durable=True)
    assert tuning(1024, 1, durable=False)["fsync"] == "off"


def test_the_server_listens_on_no_network(running: Cluster):
    assert running.psql("postgres", "-c", "show listen_addresses").strip() == ""


def test_the_web_role_can_neither_create_nor_bypass(running: Cluster):
    asked = "select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = 'arpent_web'"
    assert running.psql("postgres", "-c", asked).strip() == "f|f|f|f"


def test_the_web_role_waits_neither_for_a_query_nor_for_a_lock_for_ever(running: Cluster):
    asked = "select unnest(rolconfig) from pg_roles where rolname = 'arpent_web'"
    told = running.psql("postgres", "-c", asked).split()
    assert {"statement_timeout=30s", "lock_timeout=500ms"} <= set(told)


def test_the_bootstrap_gives_lost_leakproof_marks_back(running: Cluster):
    before = running.psql("arpent", "-c", LEAKPROOF)
    running.psql("arpent", "-c", "alter function geometry_overlaps(geometry, geometry) not leakproof")
    running.bootstrap()
    assert before == running.psql("arpent", "-c", LEAKPROOF)
    assert before.split() == ["geometry_contains", "geometry_overlaps", "geometry_within", "textlike"]


def test_the_web_role_cannot_estimate_extents(running: Cluster):
    asked = (
        "select bool_or(has_function_privilege('arpent_web', oid, 'execute')) from pg_proc"
        " where proname = 'st_estimatedextent'"
    )
    assert running.psql("arpent", "-c", asked).strip() == "f"


def test_the_template_of_the_tests_has_the_extensions(running: Cluster):
    asked = "select string_agg(extname, ' ' order by extname) from pg_extension where extname <> 'plpgsql'"
    assert running.psql("arpent_template", "-c", asked).split() == [
        *("btree_gist", "pg_stat_statements", "pg_trgm", "pgrouting", "postgis", "unaccent")
    ]


def test_a_live_stranger_named_by_the_pid_file_does_not_prevent_the_start(place: Place):
    cluster = Cluster(place)
    cluster.start()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start()
    assert cluster.running_pid() not in (None, os.getpid())


def test_a_killed_server_starts_again(place: Place):
    cluster = Cluster(place)
    cluster.start()
    os.kill(cluster.running_pid() or 0, signal.SIGKILL)
    assert wait_until(lambda: cluster.running_pid() is None, 10)
    cluster.start()
    assert cluster.psql("arpent", "-c", "select 1").strip() == "1"


def test_an_interrupted_creation_is_begun_again(place: Place):
    cluster = Cluster(place)
    (place.cluster / "initdb/base").mkdir(parents=True)
    (place.cluster / "postgresql.conf").touch()
    cluster.start()
    assert cluster.running_pid() is not None


def test_a_server_whose_folder_was_removed_gives_its_socket_up(place: Place):
    cluster = Cluster(place)
    cluster.start()
    orphan = cluster.running_pid() or 0
    shutil.rmtree(cluster.data)
    cluster.start()
    assert not is_postmaster(orphan, None)
    assert cluster.running_pid() is not None


def test_a_deep_folder_still_has_a_short_socket(place: Place):
    cluster = Cluster(Place(place.data / ("é" * 60) / "with space" / ("d" * 60)))
    try:
        cluster.start()
        assert cluster.psql("arpent", "-c", "select 1").strip() == "1"
    finally:
        cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the cluster another user")
def test_under_a_closed_folder_the_data_stand_behind_a_link(place: Place):
    place.data.mkdir(mode=0o700)
    Cluster(place).start()
    assert place.cluster.is_symlink()
    assert Cluster(place).psql("arpent", "-c", "select 1").strip() == "1"


def test_the_last_one_out_stops_the_cluster(place: Place):
    cluster = Cluster(place)
    with cluster.lease():
        with cluster.lease():
            pass
        assert cluster.running_pid() is not None
    assert cluster.running_pid() is None


def test_a_cluster_that_is_left_running_outlives_its_users(place: Place):
    cluster = Cluster(place)
    cluster.leave_running()
    with cluster.lease():
        pass
    assert cluster.running_pid() is not None


def test_a_killed_user_does_not_hold_the_cluster(place: Place):
    program = (
        "import sys, time; from gis_core.operations.cluster import Cluster\n"
        "from gis_core.operations.environment import Place\n"
        "with Cluster(Place.current(sys.argv[1])).lease(): print('in', flush=True); time.sleep(60)"
    )
    user = subprocess.Popen([sys.executable, "-c", program, str(place.data)], stdout=subprocess.PIPE)
    assert user.stdout
    user.stdout.readline()
    user.kill()
    user.communicate()
    assert Cluster(place).stop_if_unused()


def test_the_bootstrap_writes_next_to_nothing_the_second_time(running: Cluster):
    running.bootstrap()
    before = running.psql("arpent", "-c", "select pg_current_wal_insert_lsn()").strip()
    running.bootstrap()
    written = running.psql("arpent", "-c", f"select pg_current_wal_insert_lsn() - '{before}'::pg_lsn")
    assert int(written) < 1_000_000
