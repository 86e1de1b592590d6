"""What the land proposes: longer delays, opinions and reasons, what is confirmed or set aside of them, and by whom."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Role
from layers.parcels.points import SECTIONS
from layers.planning.models import Easement, EasementAct, EasementLink
from permits.deadlines.law import Ground
from permits.models import Event, Permit, ProposalReview
from permits.services.proposing import (
    Proposal,
    Proposals,
    grounds_ahead,
    list_confirmed_grounds,
    list_confirmed_reasons,
    proposals_of,
    review_proposal,
)
from tests import factories
from tests.page_forms import Forms
from tests.permits import grounds
from tests.permits.conftest import World
from tests.permits.test_file_page import HAND, browser
from tests.permits.test_file_page import page_of as file_page_of
from tests.wiring import give

X, Y = factories.ORIGIN
Kind = ProposalReview.Kind
LONGER = "longer:protected_surroundings"
ARCHITECT = "consultation:abf:"


@pytest.fixture(autouse=True)
def january(on_day: Any) -> None:
    on_day(date(2026, 1, 12))


def proposed(world: World, permit: Permit) -> Proposals:
    with world.as_():
        return proposals_of(permit, list(Event.objects.filter(permit=permit)), world.rights())


def longer(world: World, permit: Permit) -> Proposal:
    (one,) = proposed(world, permit).of(Kind.LONGER)
    return one


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def reviewed(world: World, permit: Permit, key: str = LONGER, verdict: str = "confirmed", note: str = "") -> Proposal:
    with world.as_():
        return review_proposal(permit, key=key, verdict=verdict, note=note, rights=world.rights())


def posted(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR, **given: str) -> Any:
    form = {"key": LONGER, "verdict": "confirmed", **given}
    return browser(world, who).post(f"/permis/{permit.number}/propositions/", form)


def page_of(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR) -> str:
    """The part of the file's page about proposals, which it fetches from a page of its own."""
    answer = browser(world, who).get(f"/permis/{permit.number}/propositions/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def kept(world: World) -> list[ProposalReview]:
    with world.as_():
        return list(ProposalReview.objects.select_related("reviewed_by"))


def act(day: date) -> None:
    """An act behind the only easement."""
    with factories.as_owner():
        easement = Easement.objects.get()
        made = EasementAct.objects.create(
            delivery=easement.delivery, idacte="A1", name="AC1_act", type="Arrêté", decided_date=day
        )
        EasementLink.objects.create(easement=easement, act=made)


# -- longer delays ----------------------------------------------------------------------------------------------------


def test_surroundings_over_the_whole_land_propose_a_longer_delay_with_its_article_and_day(world: World) -> None:
    grounds.easement("AC1", factories.square(X - 50, Y - 50, 300))
    one = longer(world, world.file())
    assert plain(one.effect) == "4 mois au lieu de 3, jusqu’au 5 mai 2026 (R.423-24)"
    (reason,) = one.reasons
    assert reason.share == pytest.approx(1.0)
    assert reason.area_m2 == pytest.approx(10_000, rel=0.01)


def test_the_overlap_is_of_all_the_parcels_together(world: World) -> None:
    grounds.easement("AC1", factories.square(X, Y))
    permit = world.file(parcels=["AB 1", "AB 2"])
    (reason,) = longer(world, permit).reasons
    assert reason.share == pytest.approx(0.5, abs=0.001)
    grounds.easement("AC1", factories.square(X, Y, 200), name="Château")
    assert [round(one.share or 0, 3) for one in longer(world, permit).reasons] == [0.5, 1.0]


def test_a_house_has_three_months_instead_of_two(world: World) -> None:
    grounds.easement("AC1")
    effect = longer(world, world.file(kind="PCMI")).effect
    assert plain(effect) == "3 mois au lieu de 2, jusqu’au 5 avril 2026 (R.423-24)"


@pytest.mark.parametrize("category", ["AC1", "AC4", "AC4bis"])
def test_categories_of_protected_surroundings(world: World, category: str) -> None:
    grounds.easement(category)
    assert longer(world, world.file()).key == LONGER


@pytest.mark.parametrize("category", ["AC2", "I4", "PM1", "T7"])
def test_other_easements_propose_no_longer_delay(world: World, category: str) -> None:
    grounds.easement(category)
    assert proposed(world, world.file()).of(Kind.LONGER, Kind.BY_HAND) == []


@pytest.mark.parametrize("kind", ["CUa", "CUb"])
def test_a_certificate_is_proposed_no_longer_delay(world: World, kind: str) -> None:
    grounds.easement("AC1")
    assert proposed(world, world.file(kind=kind)).of(Kind.LONGER, Kind.BY_HAND) == []


def test_the_act_behind_an_easement_is_its_source(world: World) -> None:
    grounds.easement("AC1")
    act(date(1927, 7, 4))
    (reason,) = longer(world, world.file()).reasons
    assert reason.source.startswith("Arrêté · ")
    assert "1927" in reason.source


def test_while_pieces_are_missing_the_longer_delay_has_no_day(world: World) -> None:
    grounds.easement("AC1")
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 12), pieces=["PC2"], **HAND)
    effect = longer(world, permit).effect
    assert plain(effect) == "4 mois au lieu de 3, à compter du jour où le dossier est complet (R.423-24)"


def test_longer_delays_are_not_added_up(world: World) -> None:
    grounds.easement("AC1")
    permit = world.record(world.file(), "longer_notified", date(2026, 1, 10), grounds=["commission"], **HAND)
    assert plain(longer(world, permit).effect).startswith("Le délai est déjà de 5 mois :")


def test_what_was_notified_is_said_to_be(world: World) -> None:
    grounds.easement("AC1")
    permit = world.record(
        world.file(), "longer_notified", date(2026, 1, 10), grounds=["protected_surroundings"], **HAND
    )
    one = longer(world, permit)
    assert (one.done, one.waits) == ("Notifiée le 10/01/2026", False)


@pytest.mark.parametrize(("day", "closed"), [(date(2026, 2, 5), False), (date(2026, 2, 6), True)])
def test_after_the_first_month_it_is_said_that_it_is_too_late(
    world: World, on_day: Any, day: date, closed: bool
) -> None:
    grounds.easement("AC1")
    permit = world.file()
    on_day(day)
    one = longer(world, permit)
    assert bool(one.closed) == closed
    assert ("Le premier mois s’est achevé le 5 février 2026" in one.closed) == closed


def test_a_classified_site_is_proposed_as_a_delay_to_be_entered_by_hand(world: World) -> None:
    grounds.easement("AC2", name="Site classé du Val")
    permit = world.file()
    (one,) = proposed(world, permit).of(Kind.BY_HAND)
    assert one.key == "by_hand:R.423-31"
    reviewed(world, permit, one.key)
    form = browser(world).get(f"/permis/{permit.number}/evenements/by_hand/").context["form"]
    assert form["article"].value() == "R.423-31"
    assert "Site classé du Val" in form["reason"].value()
    assert form["months"].value() is None


@pytest.mark.parametrize(
    ("kind", "name", "cases"),
    [
        ("PC", "Site classé du Val", ["silence:classified_site"]),
        ("PD", "Site inscrit du Bourg", ["silence:demolition_in_registered_site"]),
        ("PA", "Site inscrit du Bourg", []),
        ("DP", "Site classé du Val", []),
        ("CUb", "Site classé du Val", []),
    ],
)
def test_sites_propose_that_silence_refuses(world: World, kind: str, name: str, cases: list[str]) -> None:
    grounds.easement("AC2", name=name)
    assert [one.key for one in proposed(world, world.file(kind=kind)).of(Kind.SILENCE)] == cases


def test_silence_that_refuses_is_done_once_the_file_says_so(world: World) -> None:
    grounds.easement("AC2", name="Site classé du Val")
    (one,) = proposed(world, world.file(silence_refuses=["classified_site"])).of(Kind.SILENCE)
    assert one.done


def test_a_file_before_the_code_of_2007_is_proposed_no_longer_delay(world: World) -> None:
    grounds.easement("AC1")
    assert proposed(world, world.file(filed_date=date(2005, 3, 1))).of(Kind.LONGER) == []


# -- opinions and reasons ---------------------------------------------------------------------------------------------


def test_the_architect_is_proposed_with_the_delay_of_the_opinion(world: World) -> None:
    grounds.easement("AC1")
    (one,) = proposed(world, world.file()).of(Kind.CONSULTATION)
    assert one.key == ARCHITECT
    assert plain(one.effect) == "2 mois pour répondre (R.423-67) ; silence : favorable"


def test_no_opinion_is_proposed_of_a_certificate_that_only_informs(world: World) -> None:
    grounds.easement("AC1")
    assert proposed(world, world.file(kind="CUa")).of(Kind.CONSULTATION) == []
    assert [one.key for one in proposed(world, world.file(kind="CUb")).of(Kind.CONSULTATION)] == [ARCHITECT]


def test_what_only_touches_the_land_proposes_nothing(world: World) -> None:
    grounds.easement("AC1", factories.square(X + 100, Y))
    assert proposed(world, world.file()).of(Kind.LONGER, Kind.REASON) == []


def test_zones_easements_and_risks_are_reasons_that_an_act_may_give(world: World) -> None:
    grounds.easement("AC1")
    grounds.risk_zone()
    reasons = proposed(world, world.file()).of(Kind.REASON)
    assert [one.title for one in reasons] == ["AC1 · Église", "R1 · Aléa fort"]
    assert all(one.reasons[0].share == pytest.approx(1.0) for one in reasons)


def test_what_was_confirmed_is_there_for_an_act(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    (one,) = proposed(world, permit).of(Kind.REASON)
    reviewed(world, permit, one.key)
    with world.as_():
        assert [reason.title for reason in list_confirmed_reasons(permit)] == ["AC1 · Église"]
    reviewed(world, permit, one.key, "set_aside")
    with world.as_():
        assert list_confirmed_reasons(permit) == []


def test_a_part_that_cannot_be_read_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise ValueError

    give(monkeypatch, SECTIONS, replace(SECTIONS.get("easements"), collect=broken))
    grounds.easement("AC1")
    found = proposed(world, world.file())
    assert found.of(Kind.LONGER) == []
    assert [plain(note) for note in found.notes] == ["« Servitudes » n’a pas pu être lu : rien n’en est suggéré."]


# -- reviewing --------------------------------------------------------------------------------------------------------


def test_what_is_confirmed_is_kept_with_who_when_and_what_crossed_then(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit, note="vu avec l’ABF")
    (made,) = kept(world)
    assert (made.kind, made.verdict, made.note) == ("longer", "confirmed", "vu avec l’ABF")
    assert made.reviewed_by == world.people[Role.PERMIT_INSTRUCTOR]
    assert [reason["title"] for reason in made.reasons] == ["AC1 · Église"]


def test_a_confirmed_ground_fills_the_event_and_the_letter(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit)
    client = browser(world)
    form = client.get(f"/permis/{permit.number}/evenements/longer_notified/").context["form"]
    assert form["grounds"].value() == ["protected_surroundings"]
    letter = client.get(f"/permis/{permit.number}/courriers/?kind=permit-longer").context["form"]
    assert (letter["kind"].value(), letter["grounds"].value()) == ("permit-longer", ["protected_surroundings"])


def test_a_ground_that_was_notified_fills_nothing_any_more(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit)
    world.record(permit, "longer_notified", date(2026, 1, 12), grounds=["protected_surroundings"], **HAND)
    with world.as_():
        assert list_confirmed_grounds(permit) == []


def test_what_is_set_aside_stays_to_be_seen_with_who_and_why(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    assert posted(world, permit, verdict="set_aside", note="hors champ de visibilité").status_code == 302
    text = plain(page_of(world, permit))
    assert '<span class="tag">écartée</span>' in text
    who = str(world.people[Role.PERMIT_INSTRUCTOR])
    assert f"Écartée le 12 janvier 2026 23:59 par {who} : hors champ de visibilité" in text


def test_one_may_change_ones_mind_and_both_are_kept(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit, verdict="set_aside")
    assert reviewed(world, permit).confirmed
    assert [one.verdict for one in kept(world)] == ["set_aside", "confirmed"]
    text = plain(page_of(world, permit))
    assert "Écartée le 12 janvier 2026" in text
    assert "Confirmée le 12 janvier 2026" in text


def test_what_crosses_the_land_anew_is_proposed_again(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit, verdict="set_aside")
    assert not longer(world, permit).waits
    grounds.easement("AC1", name="Château")
    assert longer(world, permit).waits
    assert "Autre chose traverse le terrain depuis" in page_of(world, permit)


def test_what_no_longer_crosses_the_land_stays_as_it_was_reviewed(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit)
    with factories.as_owner():
        Easement.objects.all().delete()
    one = longer(world, permit)
    assert (one.current, one.confirmed, one.reasons[0].title) == (False, True, "AC1 · Église")
    assert "Telle qu’elle était quand elle a été examinée." in page_of(world, permit)


def test_a_confirmed_opinion_leads_to_its_form_which_is_filled(world: World) -> None:
    grounds.easement("I3", manager="GRTgaz")
    permit = world.file()
    answer = posted(world, permit, key="consultation:other:GRTgaz")
    assert answer.url == f"/permis/{permit.number}/consultations/?body=other&name=GRTgaz#ask"
    form = browser(world).get(answer.url).context["form"]
    assert (form["body"].value(), form["name"].value()) == ("other", "GRTgaz")


def test_an_opinion_that_was_asked_for_is_done(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    browser(world).post(f"/permis/{permit.number}/consultations/", {"body": "abf", "asked": "2026-01-12"})
    (one,) = proposed(world, permit).of(Kind.CONSULTATION)
    assert one.done == "Demandé le 12/01/2026"


def test_the_page_of_opinions_says_what_was_set_aside(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    reviewed(world, permit, ARCHITECT, "set_aside", "sans covisibilité")
    text = unescape(browser(world).get(f"/permis/{permit.number}/consultations/").content.decode())
    assert "Écartée le 12 janvier 2026" in text
    assert "sans covisibilité" in text


def test_the_page_says_how_many_proposals_wait(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    assert "2 propositions du terrain attendent votre confirmation" in page_of(world, permit)
    reviewed(world, permit)
    text = page_of(world, permit)
    assert "1 proposition du terrain attend votre confirmation" in text
    assert "?kind=permit-longer#begin" in text


# -- wrong input, others ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"verdict": "maybe"}, "Une proposition se confirme ou s’écarte."),
        ({"key": "longer:commission"}, "rien n’a été enregistré."),
        ({"key": "\x00"}, "rien n’a été enregistré."),
    ],
)
def test_what_is_no_proposal_is_refused_in_words(world: World, given: dict[str, str], words: str) -> None:
    grounds.easement("AC1")
    answer = posted(world, world.file(), **given)
    assert answer.status_code == 302
    assert words in unescape(answer.client.get(answer.url).content.decode())
    assert kept(world) == []


def test_a_note_that_cannot_be_kept_is_shown_again(world: World) -> None:
    answer = posted(world, world.file(), note="vu avec l’ABF")
    assert "Votre note : « vu avec l’ABF »." in plain(unescape(answer.client.get(answer.url).content.decode()))


def test_a_file_that_has_ended_takes_no_review(world: World) -> None:
    grounds.easement("AC1")
    permit = world.record(world.file(), "decided", date(2026, 1, 12), outcome="refused", **HAND)
    with world.as_(), pytest.raises(Conflict):
        review_proposal(permit, key=LONGER, verdict="confirmed", note="", rights=world.rights())


def test_a_verdict_that_there_is_not_is_invalid(world: World) -> None:
    permit = world.file()
    with world.as_(), pytest.raises(Invalid):
        review_proposal(permit, key=LONGER, verdict="", note="", rights=world.rights())


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.NETWORK_TECHNICIAN])
def test_only_those_who_instruct_review(world: World, who: str) -> None:
    grounds.easement("AC1")
    permit = world.file()
    assert posted(world, permit, who).status_code == 403
    with world.as_(who), pytest.raises(Forbidden):
        review_proposal(permit, key=LONGER, verdict="confirmed", note="", rights=world.rights(who))


def test_a_stranger_finds_no_file(world: World) -> None:
    assert posted(world, world.file(), "stranger").status_code == 404


def test_the_page_of_a_file_fetches_its_proposals_and_links_to_them(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    text = file_page_of(world, permit)
    assert f'data-later="/permis/{permit.number}/propositions/"' in text
    assert f'<a href="/permis/{permit.number}/propositions/">' in text
    assert "data-later" not in file_page_of(world, permit, Role.TOWN_HALL)


def test_of_a_land_that_is_not_known_nothing_is_said_to_be_absent(world: World) -> None:
    text = page_of(world, world.file(parcels=[]))
    assert "aucune parcelle connue" in text
    assert "Rien de ce qui traverse le terrain" not in text


def test_a_town_hall_reads_what_was_reviewed_without_a_form(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    assert 'id="proposals"' not in page_of(world, permit, Role.TOWN_HALL)
    reviewed(world, permit)
    text = page_of(world, permit, Role.TOWN_HALL)
    assert "Confirmée le 12 janvier 2026" in text
    assert 'name="verdict"' not in text


def test_a_form_sent_twice_is_kept_once(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    client = browser(world)
    found = Forms(client.get(f"/permis/{permit.number}/propositions/").content.decode()).found
    form = next(sent for _action, sent in found if sent.get("key") == [LONGER])
    for _time in range(2):
        client.post(f"/permis/{permit.number}/propositions/", form | {"verdict": "confirmed"})
    assert len(kept(world)) == 1


def test_nobody_removes_a_review(world: World) -> None:
    grounds.easement("AC1")
    reviewed(world, world.file())
    with world.as_(), pytest.raises(DatabaseError), transaction.atomic():
        ProposalReview.objects.all().delete()


def test_many_easements_need_no_more_queries(world: World) -> None:
    grounds.easement("AC1")
    permit, client = world.file(), browser(world)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/permis/{permit.number}/").status_code == 200
        return len(asked)

    few = [count(), count()][-1]
    for rank in range(6):
        grounds.easement("AC1", name=f"Église {rank}")
        grounds.risk_zone()
    assert count() <= few


def test_each_proposal_has_a_heading_and_its_buttons_say_what_they_do(world: World) -> None:
    grounds.easement("AC1")
    text = page_of(world, world.file())
    assert re.search(r"Confirmer<span class=\"unseen\"> : [^<]*monument historique", text)


# -- the receipt asks -------------------------------------------------------------------------------------------------


def test_grounds_ahead_are_those_confirmed_or_proposed_beyond_doubt(world: World) -> None:
    grounds.easement("AC1", factories.square(X + 99.99, Y))
    permit = world.file()
    with world.as_():
        assert grounds_ahead(permit, world.rights()) == []
    reviewed(world, permit)
    with world.as_():
        assert grounds_ahead(permit, world.rights()) == [Ground.PROTECTED_SURROUNDINGS]
    reviewed(world, permit, verdict="set_aside")
    with world.as_():
        assert grounds_ahead(permit, world.rights()) == []
