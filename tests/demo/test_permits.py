"""The demo's planning applications: the same for a day, alive on it, as the services would have kept them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry

from demo.permits import UNEXPLAINED, events_of, list_explained_parcels
from demo.photos import new_buildings_2024
from demo.photos.changes import buildings_of
from demo.seed import seed_demo
from demo.stories import Story, changes, explaining, tell_stories
from demo.tasks import SEED
from demo.territory import Territory, generate
from gis_core.database.clock import today
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Member, User
from layers.catalogue.models import Layer
from permits.models import Applicant, ApplicantReading, Consultation, Event, Permit, Settings, Team
from permits.procedure import OPEN, State, What
from permits.services.reading import derive, refresh, timeline_of
from tests import factories
from tests.module_rows import check_references, module_transaction

FLOWN_2024 = date(2024, 8, 22)
MONTH_ENDS = (date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 31), date(2025, 8, 31), date(2026, 1, 31))
ENDED = {
    "granted": State.GRANTED,
    "granted_later": State.GRANTED,
    "granted_by_silence": State.GRANTED,
    "decided_too_late": State.REFUSED,
    "lengthened_too_late": State.GRANTED,
    "extended": State.GRANTED,
    "refused": State.REFUSED,
    "refused_by_silence": State.REFUSED,
    "refused_by_architect": State.REFUSED,
    "rejected": State.REJECTED,
    "withdrawn": State.WITHDRAWN,
    "begun": State.WORKS,
    "finished": State.FINISHED,
    "expired": State.EXPIRED,
    "extended_too_late": State.EXPIRED,
    "revoked": State.REVOKED,
    "annulled": State.ANNULLED,
    "deferred": State.DEFERRED,
    "inadmissible": State.INADMISSIBLE,
}
TACIT = {"granted_by_silence", "lengthened_too_late", "refused_by_silence", "refused_by_architect", "rejected"}
WAITED = {"pieces_waited", "pieces_this_week", "pieces_partly"}
THIS_WEEK = {"due_this_week": "due", "notices_this_week": "notify_by", "pieces_this_week": "answer_by"}


def derived(story: Story) -> Permit:
    permit = Permit(kind=story.kind, filed_date=story.filed, silence_refuses=story.silence_refuses)
    permit.instructor = User(pk=1) if story.instructed else None
    derive(permit, events_of(story, permit), story.day)
    return permit


def shape(story: Story) -> tuple[Any, ...]:
    return story.tale, story.kind, story.filed, [(one.what, one.on, one.detail) for one in story.happened]


def expected(tale: str) -> State:
    if tale in ENDED:
        return ENDED[tale]
    return State.RECEIVED if tale == "fresh" else State.INCOMPLETE if tale in WAITED else State.INSTRUCTION


@pytest.mark.parametrize("day", [*MONTH_ENDS, *(date(2025, 9, 1) + timedelta(days=7 * week) for week in range(12))])
class TestAnyDay:
    def test_every_story_ends_in_the_state_that_it_tells(self, day: date) -> None:
        found = [(story.tale, derived(story).state) for story in tell_stories(SEED, day)]
        assert found == [(tale, expected(tale)) for tale, _state in found]

    def test_what_silence_ended_is_tacit(self, day: date) -> None:
        assert {story.tale for story in tell_stories(SEED, day) if derived(story).tacit} == TACIT

    def test_something_of_each_kind_is_due_within_the_week_and_nothing_is_overdue(self, day: date) -> None:
        for story in tell_stories(SEED, day):
            permit = derived(story)
            if story.tale in THIS_WEEK:
                assert permit.next_date is not None
                assert permit.next_date - day < timedelta(days=7), story
                assert permit.next_what == THIS_WEEK[story.tale] or story.kind in ("DP", "CUa")
            assert permit.next_date is None or permit.next_date >= day


def test_the_same_day_gives_the_same_files() -> None:
    day = date(2026, 3, 10)
    once, again = ([shape(one) for one in everything(day)] for _time in range(2))
    assert once == again


def test_another_day_gives_the_same_files_as_many_days_later() -> None:
    first = [one.filed for one in tell_stories(SEED, date(2026, 3, 10))]
    later = [one.filed for one in tell_stories(SEED, date(2026, 3, 20))]
    moved = Counter((after - before).days for before, after in zip(first, later, strict=True))
    assert moved[10] > len(first) * 0.9


def test_permits_that_explain_a_house_keep_their_days() -> None:
    told_then, told_later = (
        [shape(one) for one in explaining(["a", "b"], SEED, day)] for day in (date(2026, 1, 5), date(2026, 3, 20))
    )
    assert told_then == told_later


def everything(day: date) -> list[Story]:
    made = [*tell_stories(SEED, day), *explaining(["a", "b"], SEED, day)]
    return [*made, *changes(made, SEED, day)]


# -- in the database --------------------------------------------------------------------------------------------------


OTHERS = ("seed_layers", "seed_owners", "seed_planning", "seed_networks", "seed_roads")


@pytest.fixture(scope="module")
def land() -> Territory:
    return generate(SEED)


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, land: Territory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch, module_transaction(django_db_blocker), factories.as_owner():
        patch.setattr("demo.seed.generate", lambda _seed: land)
        for other in (*OTHERS, "ask_for_photos"):
            patch.setattr(f"demo.seed.{other}", lambda *_given: False)
        seed_demo(data_dir=folder, say=lambda _line: None)
        check_references()
        yield folder


@pytest.mark.django_db
@pytest.mark.slow
class TestSeeded:
    def test_the_demo_has_its_files_and_a_second_seeding_changes_nothing(self, seeded: Path) -> None:
        states = Counter(Permit.objects.values_list("state", flat=True))
        assert sum(states.values()) == 400
        assert set(states) == set(State)
        assert min(states.values()) >= 5
        assert set(Permit.objects.values_list("kind", flat=True)) == set(Permit.Kind)
        assert Permit.objects.filter(state__in=OPEN).count() >= 100
        assert {What(one) for one in Event.objects.values_list("what", flat=True)} == set(What)
        assert Permit.objects.filter(geom=None).count() == 0
        assert min(Permit.objects.values_list("filed_date", flat=True)) >= min(
            date(2023, 11, 27), today() - timedelta(days=3 * 366)
        )
        parts = [model.objects.count() for model in (Event, Applicant, Consultation, Team, Settings)]
        tiles = Layer.objects.get(slug="permits").version
        with factories.as_owner():
            seed_demo(data_dir=seeded, say=lambda _line: None)
        assert Permit.objects.count() == 400
        assert [model.objects.count() for model in (Event, Applicant, Consultation, Team, Settings)] == parts
        assert Layer.objects.get(slug="permits").version == tiles

    def test_files_are_as_their_events_make_them_and_numbered_in_order(self, seeded: Path) -> None:
        files = list(Permit.objects.prefetch_related("events"))
        assert [one.number for one in files if refresh(one)] == []
        for letters, insee in {(one.number[:2], one.insee) for one in files}:
            same = [one for one in files if (one.number[:2], one.insee) == (letters, insee) and one.parent is None]
            numbers = [one.number for one in sorted(same, key=lambda one: (one.filed_date, one.number))]
            assert numbers == sorted(numbers)
        for one in files:
            assert all(idu.startswith(one.insee) for idu in one.idus)
            assert one.parent is None or one.number.startswith(one.parent.number)
        told_late = {step.what for one in files for step in timeline_of(one, list(one.events.all())).steps  # type: ignore[union-attr]
                     if not step.effective}  # fmt: skip
        assert {"asked_late", "longer_late", "confirms", "not_extended"} <= told_late

    def test_instructors_see_their_files_and_nobody_is_a_real_person(self, seeded: Path) -> None:
        for slug, short in (("cc-lys", "lys"), ("cc-val-de-rimarde", "rimarde")):
            member = Member.objects.get(slug=slug)
            people = {one.user.username: one for one in member.memberships.select_related("user")}
            rights = rights_of(people[f"instruction.{short}"].user)
            with acting_as(rights):
                assert Permit.objects.visible_to(rights).count() > 100
                assert Permit.objects.filter(instructor_id=rights.user_id, state__in=OPEN).count() > 20
        outside = rights_of(Member.objects.get(slug="departement-demo").memberships.get(role=Role.READER).user)
        assert Permit.objects.visible_to(outside).count() == 0
        assert Applicant.objects.exclude(email__endswith="@demo.invalid").count() == 0
        assert Applicant.objects.exclude(phone__startswith="01 99 00 ").count() == 0
        assert ApplicantReading.objects.count() == 0
        assert Consultation.objects.filter(answered_date=None, permit__state__in=OPEN).count() >= 10

    def test_new_buildings_that_no_permit_explains_stay_so(self, seeded: Path, land: Territory) -> None:
        new = new_buildings_2024(land)
        assert {one.parcel_idu for one in new} == set(UNEXPLAINED)
        for building in new:
            shape = GEOSGeometry(building.geom.wkt, srid=2154)
            assert not Permit.objects.filter(geom__dwithin=(shape, 1.0)).exists()
            assert not Permit.objects.filter(idus__contains=[building.parcel_idu]).exists()

    def test_every_other_new_house_of_the_photo_has_a_permit_granted_before(
        self, seeded: Path, land: Territory
    ) -> None:
        before = {one.id for one in buildings_of(land, 2020)}
        new = {one.id for one in new_buildings_2024(land)}
        appeared = {one.parcel_idu for one in buildings_of(land, 2024) if one.id not in before | new}
        assert appeared == set(list_explained_parcels(land))
        for idu in appeared:
            permit = Permit.objects.get(idus__contains=[idu])
            assert permit.ended_date is not None
            assert permit.ended_date < FLOWN_2024
            assert permit.state in (State.WORKS, State.FINISHED)
