"""From a proved identity to an account: by a rule, by an invitation that is proved, never by an equal address."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import DatabaseError, connection, transaction

from gis_core.accounts import joined
from gis_core.accounts.joining import (
    Identity,
    ProofNeeded,
    Refused,
    apply_rules,
    forget_joined,
    is_believed,
    join,
    join_by_proof,
    provider_of,
)
from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, NotFound
from gis_core.members import people
from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import AccessRule, Member, Membership, SignInMethod, User
from gis_core.operations import security_journal as security
from tests import factories
from tests.post import outbox

pytestmark = pytest.mark.django_db
AGENT = Identity(
    subject="a1b2",
    email="Lea.Martin@agglo.example",
    email_verified=True,
    first_name="Léa",
    last_name="Martin",
    groups=("ADS",),
)


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune(insee="45901"), factories.commune(insee="45902"))


@pytest.fixture
def method(member: Member) -> SignInMethod:
    return SignInMethod.objects.create(
        member=member, kind="openid_connect", name="Annuaire de l’agglo", domains=["agglo.example"]
    )


@pytest.fixture
def journal(tmp_path: Path, settings: Any) -> Callable[[str], list[dict[str, Any]]]:
    """The lines of an event, in their order."""
    settings.DATA_DIR = tmp_path

    def read(event: str) -> list[dict[str, Any]]:
        (path,) = security.path_of(datetime.now(UTC).date()).parent.glob("security-*.jsonl")
        return [line for line in map(json.loads, path.read_text().splitlines()) if line["event"] == event]

    return read


def rule(method: SignInMethod, group: str, role: str, at: Member, *insee: str) -> AccessRule:
    return AccessRule.objects.create(method=method, group=group, role=role, member=at, insee=list(insee))


def known(method: SignInMethod, user: User, subject: str = "a1b2") -> User:
    SocialAccount.objects.create(user=user, provider=provider_of(method), uid=subject)
    return user


def roles(user: User) -> dict[int, str]:
    return dict(user.memberships.accepted().values_list("member", "role"))


def groups(*names: str) -> Identity:
    return replace(AGENT, groups=names)


def test_a_rule_makes_an_account_with_its_role(member: Member, method: SignInMethod) -> None:
    rule(method, "ads", Role.PERMIT_INSTRUCTOR, member)
    user = join(method=method, identity=AGENT)
    assert roles(user) == {member.pk: Role.PERMIT_INSTRUCTOR}
    assert (user.email, user.get_full_name()) == ("lea.martin@agglo.example", "Léa Martin")
    assert not user.has_usable_password()
    assert join(method=method, identity=AGENT) == user


def test_nobody_is_made_without_a_rule(method: SignInMethod) -> None:
    with pytest.raises(ProofNeeded):
        join(method=method, identity=AGENT)
    assert not User.objects.filter(email__iexact=AGENT.email).exists()


@pytest.mark.parametrize("active", [True, False], ids=["open", "closed"])
def test_an_equal_address_joins_nothing_even_with_a_rule(member: Member, method: SignInMethod, active: bool) -> None:
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = factories.user(factories.member(), email="lea.martin@agglo.example", is_active=active)
    with pytest.raises(ProofNeeded):
        join(method=method, identity=AGENT)
    assert not SocialAccount.objects.exists()
    assert member.pk not in roles(user)


def test_a_proof_joins_an_invitation_and_accepts_it(member: Member, method: SignInMethod) -> None:
    administrator = factories.user(member, Role.GIS_ADMINISTRATOR)
    invited = people.invite(
        rights=rights_of(administrator), member=member, email=AGENT.email, role=Role.READER, site="http://localhost/"
    )
    user = join_by_proof(user=invited.user, method=method, identity=AGENT)
    assert roles(user) == {member.pk: Role.READER}
    assert join(method=method, identity=AGENT) == user


def test_a_subject_of_one_person_is_not_joined_to_another(member: Member, method: SignInMethod) -> None:
    known(method, factories.user(member))
    with pytest.raises(Conflict):
        join_by_proof(user=factories.user(member), method=method, identity=AGENT)


def test_the_same_subject_at_another_method_is_somebody_else(member: Member, method: SignInMethod) -> None:
    known(method, factories.user(member))
    other = SignInMethod.objects.create(member=member, kind="openid_connect", name="Autre")
    with pytest.raises(ProofNeeded):
        join(method=other, identity=AGENT)


def test_two_people_of_one_name_are_two(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.READER, member)
    first = join(method=method, identity=AGENT)
    second = join(
        method=method,
        identity=Identity(
            subject="c3", email="lea.martin2@agglo.example", first_name="Léa", last_name="Martin", groups=("ADS",)
        ),
    )
    assert first != second


def test_a_closed_account_is_refused(member: Member, method: SignInMethod) -> None:
    known(method, factories.user(member, is_active=False))
    with pytest.raises(Refused, match="fermé"):
        join(method=method, identity=AGENT)


def test_a_method_that_is_switched_off_opens_nothing(member: Member, method: SignInMethod) -> None:
    known(method, factories.user(member))
    method.active = False
    with pytest.raises(Refused):
        join(method=method, identity=AGENT)


@pytest.mark.parametrize("subject", ["", "x" * 192, "a\nb"])
def test_what_cannot_be_a_subject_is_refused(method: SignInMethod, subject: str) -> None:
    with pytest.raises(Refused):
        join(method=method, identity=Identity(subject=subject))


def test_a_role_that_the_directory_takes_away_ends_and_one_by_hand_stays(member: Member, method: SignInMethod) -> None:
    elsewhere = factories.member()
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = known(method, factories.user(elsewhere, Role.READER))
    join(method=method, identity=AGENT)
    assert roles(user) == {member.pk: Role.PERMIT_INSTRUCTOR, elsewhere.pk: Role.READER}
    join(method=method, identity=groups("Voirie"))
    assert roles(user) == {elsewhere.pk: Role.READER}


def test_who_has_no_role_left_is_refused_and_what_ended_stays_ended(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = join(method=method, identity=AGENT)
    with pytest.raises(Refused):
        join(method=method, identity=groups())
    assert roles(user) == {}
    # The directory gives it back.
    assert roles(join(method=method, identity=AGENT)) == {member.pk: Role.PERMIT_INSTRUCTOR}


def test_of_two_groups_at_one_member_the_higher_role_counts(member: Member, method: SignInMethod, journal: Any) -> None:
    rule(method, "Lecteurs", Role.READER, member)
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = join(method=method, identity=groups("Lecteurs", "ads"))
    assert roles(user) == {member.pk: Role.PERMIT_INSTRUCTOR}
    (line,) = journal("role_by_rule")
    assert (line["what"], line["role"], line["rules"]) == ("given", "permit_instructor", 2)


def test_a_role_given_by_hand_is_not_changed_by_a_rule(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.GIS_ADMINISTRATOR, member)
    user = known(method, factories.user(member, Role.READER))
    join(method=method, identity=AGENT)
    assert roles(user) == {member.pk: Role.READER}


def test_a_role_changed_by_hand_is_by_hand_from_then_on(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.READER, member)
    user = join(method=method, identity=AGENT)
    administrator = factories.user(member, Role.GIS_ADMINISTRATOR)
    people.change_role(rights=rights_of(administrator), membership=user.memberships.get(), role=Role.PERMIT_INSTRUCTOR)
    assert roles(join(method=method, identity=groups())) == {member.pk: Role.PERMIT_INSTRUCTOR}


def test_a_town_hall_gets_the_communes_of_its_rules(member: Member, method: SignInMethod) -> None:
    rule(method, "Mairie A", Role.TOWN_HALL, member, "45901")
    rule(method, "Mairie B", Role.TOWN_HALL, member, "45902", "75056")
    user = join(method=method, identity=groups("Mairie A", "Mairie B"))
    assert rights_of(user).town_insee == {"45901", "45902"}
    join(method=method, identity=groups("Mairie B"))
    assert rights_of(user).town_insee == {"45902"}


def test_the_last_administrator_is_never_taken_away_by_a_rule(
    member: Member, method: SignInMethod, journal: Any
) -> None:
    rule(method, "SIG", Role.GIS_ADMINISTRATOR, member)
    rule(method, "ADS", Role.READER, member)
    user = join(method=method, identity=groups("SIG"))
    for held in ((), ("ADS",)):
        join(method=method, identity=groups(*held))
        assert roles(user) == {member.pk: Role.GIS_ADMINISTRATOR}
    assert [line["what"] for line in journal("role_by_rule")] == ["given", "kept", "kept"]
    factories.user(member, Role.GIS_ADMINISTRATOR)
    assert roles(join(method=method, identity=groups("ADS"))) == {member.pk: Role.READER}


def test_a_platform_method_gives_roles_at_the_members_of_its_rules(member: Member) -> None:
    platform = SignInMethod.objects.create(kind="proconnect", name="ProConnect")
    other = factories.member()
    rule(platform, f"siren:{member.siren}", Role.READER, member)
    rule(platform, f"siren:{other.siren}", Role.READER, other)
    user = join(method=platform, identity=groups(f"siren:{member.siren}"))
    assert roles(user) == {member.pk: Role.READER}


def test_a_members_method_gives_nothing_elsewhere_and_never_the_agency(member: Member, method: SignInMethod) -> None:
    """Whatever rows the web role writes: the database is the wall."""
    rule(method, "ADS", Role.READER, factories.member())
    rule(method, "ADS", Role.AGENCY_ADMINISTRATOR, member)
    with pytest.raises(ProofNeeded):
        join(method=method, identity=AGENT)
    assert not Membership.objects.exclude(given_by=None).exists()


def test_rules_are_not_applied_to_whom_the_method_does_not_know(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.READER, member)
    stranger = factories.user(factories.member())
    with pytest.raises(DatabaseError), transaction.atomic():
        apply_rules(user=stranger, method=method, groups=["ADS"])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update gis_core_membership set role = 'gis_administrator' where user_id = %s", [stranger.pk])


def test_a_members_method_does_not_open_an_account_of_the_agency(method: SignInMethod) -> None:
    known(method, factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))
    with pytest.raises(Refused):
        join(method=method, identity=AGENT)


def test_a_changed_address_is_followed_unless_somebody_bears_it(member: Member, method: SignInMethod) -> None:
    user = known(method, factories.user(member, email="avant@agglo.example"))
    assert join(method=method, identity=AGENT).email == "lea.martin@agglo.example"
    factories.user(member, email="prise@agglo.example")
    join(method=method, identity=replace(AGENT, email="prise@agglo.example"))
    user.refresh_from_db()
    assert user.email == "lea.martin@agglo.example"


@pytest.mark.parametrize(
    "identity",
    [replace(AGENT, email_verified=False), replace(AGENT, email="maire@voisine.example")],
    ids=["not verified", "of another domain"],
)
def test_an_address_that_the_method_does_not_answer_for_is_not_kept(
    member: Member, method: SignInMethod, identity: Identity
) -> None:
    """Otherwise the next invitation to that address would be theirs."""
    rule(method, "ADS", Role.READER, member)
    made = join(method=method, identity=replace(identity, subject="n1"))
    assert made.email == ""
    assert not User.objects.filter(username__iexact=identity.email).exists()
    user = known(method, factories.user(member, email="avant@agglo.example"))
    assert join(method=method, identity=replace(identity, email="x" + identity.email)).email == user.email


@pytest.mark.parametrize("kind", [User.Kind.PROGRAM, User.Kind.SECURITY])
def test_a_members_method_opens_accounts_of_people_alone(member: Member, method: SignInMethod, kind: str) -> None:
    known(method, factories.user(member, kind=kind))
    with pytest.raises(Refused):
        join(method=method, identity=AGENT)


def test_a_members_method_does_not_open_the_agencys_own_account_either(member: Member, method: SignInMethod) -> None:
    """Whoever is its GIS administrator sets its methods, and does not administer the platform."""
    known(method, factories.user(member, Role.AGENCY_ADMINISTRATOR))
    with pytest.raises(Refused):
        join(method=method, identity=AGENT)


def test_what_was_used_at_a_members_own_provider_is_not_believed(member: Member) -> None:
    official = {"issuer": "https://auth.agentconnect.gouv.fr/api/v2"}
    assert not is_believed(SignInMethod(member=member, kind="openid_connect", options=official))
    assert not is_believed(SignInMethod(member=member, kind="proconnect", options={"issuer": "https://id.example"}))
    assert is_believed(SignInMethod(member=member, kind="proconnect", options=official))
    assert is_believed(SignInMethod(member=None, kind="openid_connect", options={"issuer": "https://id.example"}))


def test_what_comes_from_elsewhere_now_opens_no_account_of_before(member: Member, method: SignInMethod) -> None:
    here, both = factories.user(member), factories.user(member)
    factories.user(member, Role.GIS_ADMINISTRATOR)
    with factories.as_owner():
        Membership.objects.create(user=both, member=factories.member(), role=Role.READER)
    known(method, here)
    known(method, both, "c3")
    assert forget_joined(method, only_elsewhere=True) == 1
    assert [one.user for one in SocialAccount.objects.all()] == [here]
    assert forget_joined(method) == 1
    with pytest.raises(ProofNeeded):
        join(method=method, identity=AGENT)


def test_a_role_that_a_rule_ends_closes_what_it_opened(member: Member, method: SignInMethod) -> None:
    """As a removal by hand does: the account is closed where no role is left, until a rule gives one again."""
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = join(method=method, identity=AGENT)
    with pytest.raises(Refused, match="aucun rôle"):
        join(method=method, identity=groups())
    user.refresh_from_db()
    assert not user.is_active
    with pytest.raises(Refused):
        join(method=method, identity=groups())
    user.refresh_from_db()
    assert not user.is_active
    assert join(method=method, identity=AGENT).is_active


def test_no_rule_opens_an_account_that_a_hand_closed(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = join(method=method, identity=AGENT)
    rights = rights_of(factories.user(member, Role.GIS_ADMINISTRATOR))
    with pytest.raises(Refused):
        join(method=method, identity=groups())
    invited = people.invite(rights=rights, member=member, email=user.email, role=Role.READER, site="http://localhost/")
    people.remove(rights=rights, membership=invited)
    with pytest.raises(Refused):
        join(method=method, identity=AGENT)
    assert roles(user) == {}


def test_a_role_lapses_when_its_owner_comes_no_more_by_the_provider(member: Member, method: SignInMethod) -> None:
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user = join(method=method, identity=AGENT)

    def lapsed_after(days: int) -> int:
        SocialAccount.objects.update(last_login=database_clock.now() - timedelta(days=days))
        with factories.as_worker(), acting_as(SYSTEM):
            return joined.end_lapsed()

    assert lapsed_after(29) == 0
    SocialAccount.objects.update(last_login=database_clock.now() - timedelta(days=31))
    join(method=method, identity=AGENT)
    assert SocialAccount.objects.get().last_login > database_clock.now() - timedelta(hours=1)
    assert (lapsed_after(31), roles(user)) == (1, {})
    assert roles(join(method=method, identity=AGENT)) == {member.pk: Role.PERMIT_INSTRUCTOR}


@pytest.mark.parametrize("comes", [True, False])
def test_what_rules_gave_lapses_where_an_identity_is_not_proved_again(
    member: Member, method: SignInMethod, comes: bool
) -> None:
    """A directory too, whose people are not looked for in it meanwhile."""
    SignInMethod.objects.filter(pk=method.pk).update(kind=SignInMethod.Kind.DIRECTORY)
    rule(method, "ADS", Role.PERMIT_INSTRUCTOR, member)
    user, elsewhere = join(method=method, identity=AGENT), factories.member()
    with factories.as_owner():
        Membership.objects.create(user=user, member=elsewhere, role=Role.READER, accepted_at=database_clock.now())
    assert forget_joined(method, only_elsewhere=True) == 1
    given = {member.pk: Role.PERMIT_INSTRUCTOR, elsewhere.pk: Role.READER}
    assert roles(user) == given
    if comes:
        join_by_proof(user=user, method=method, identity=AGENT)
    SocialAccount.objects.update(last_login=database_clock.now() - timedelta(days=31))
    with factories.as_worker(), acting_as(SYSTEM):
        assert joined.end_lapsed() == (0 if comes else 1)
    assert roles(user) == (given if comes else {elsewhere.pk: Role.READER})


def test_the_emergency_account_stays_while_passwords_are_switched_off(member: Member, method: SignInMethod) -> None:
    rule(method, "SIG", Role.GIS_ADMINISTRATOR, member)
    rule(method, "ADS", Role.READER, member)
    user = join(method=method, identity=groups("SIG"))
    administrator = factories.user(member, Role.GIS_ADMINISTRATOR)
    Member.objects.filter(pk=member.pk).update(emergency_account=user, passwords_open=False)
    for held in ((), ("ADS",)):
        join(method=method, identity=groups(*held))
        assert roles(user)[member.pk] == Role.GIS_ADMINISTRATOR
    rights, membership = rights_of(administrator), user.memberships.get()
    with pytest.raises(Conflict, match="compte de secours"):
        people.remove(rights=rights, membership=membership)
    with pytest.raises(Conflict, match="compte de secours"):
        people.change_role(rights=rights, membership=membership, role=Role.READER)
    with pytest.raises(Conflict, match="compte de secours"):
        people.set_last_date(rights=rights, membership=membership, last_date=database_clock.today())
    with pytest.raises(Conflict, match="compte de secours"), transaction.atomic():
        people.check_may_close(user)
    Member.objects.filter(pk=member.pk).update(passwords_open=True)
    people.remove(rights=rights, membership=membership)


def test_an_identity_is_removed_by_its_owner_unless_it_is_needed(member: Member, method: SignInMethod) -> None:
    user = known(method, factories.user(member))
    number = SocialAccount.objects.get().pk
    with pytest.raises(NotFound):
        joined.remove_joined(factories.user(member), number)
    with pytest.raises(Conflict, match="seul moyen"):
        joined.remove_joined(user, number)
    user.set_password("un cheval mange des huîtres")
    user.save()
    joined.remove_joined(user, number)
    assert joined.joined_by(user) == []


def test_the_owner_hears_that_an_identity_was_joined(member: Member, method: SignInMethod) -> None:
    user = factories.user(member)
    join_by_proof(user=user, method=method, identity=AGENT)
    assert [(one.to, "Annuaire de l’agglo" in one.subject) for one in outbox()] == [([user.email], True)]
