"""`manage.py first_administrator --email A [--name N]`: the agency and its administrator, on an empty platform."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.accounts.mail import password_link
from gis_core.errors import ArpentError, Conflict
from gis_core.members import people
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.validators import UNKNOWN_SIREN

SLUG = "agence"
LINK_HOURS = 12


class Command(BaseCommand):
    """Ends with 2 where somebody administers the platform already: nothing is changed then."""

    help = (
        "Crée l’agence et son administrateur sur une plateforme vide, et affiche le lien qui choisit le mot de passe."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="Agence", help=_("name of the agency"))
        parser.add_argument("--siren", default=UNKNOWN_SIREN)
        parser.add_argument("--kind", choices=Member.Kind.values, default=Member.Kind.PETR)
        parser.add_argument(
            "--site", default=settings.SITE_URL, help="address of the platform, e.g. https://sig.example.fr/"
        )

    def handle(self, *args: Any, email: str, site: str, **options: Any) -> None:
        try:
            with acting_as(SYSTEM), transaction.atomic():
                user = self.administrator(people.clean_email(email), options)
        except ArpentError as error:
            raise CommandError(str(error.message), returncode=2) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        self.stdout.write(password_link(user, site, hours=LINK_HOURS))
        self.stderr.write(
            _(
                "This link works once, within %(hours)s hours. The user name is %(name)s. If it ends unused, run this"
                " again."
            )
            % {"hours": LINK_HOURS, "name": user.username}
        )

    def administrator(self, email: str, options: dict[str, Any]) -> User:
        """Who administers from now on, made now or before where the link was not used. Raises Conflict."""
        people.lock_people()
        administrators = Membership.objects.accepted().filter(role=Role.AGENCY_ADMINISTRATOR).select_related("user")
        if any(one.user.has_usable_password() or one.user.last_login for one in administrators):
            raise Conflict(
                _(
                    "The platform has an administrator already: they invite others on the page “People”. If nobody can"
                    " sign in any more: manage.py invite_administrator ADDRESS --member MEMBER --site %(site)s"
                )
                % {"site": settings.SITE_URL}
            )
        if waiting := administrators.filter(user__email=email).first():
            return waiting.user
        invited = people.invite(
            rights=SYSTEM,
            member=agency(options),
            email=email,
            role=Role.AGENCY_ADMINISTRATOR,
            site=settings.SITE_URL,
        )
        return people.accept(user=invited.user, membership_id=invited.pk).user


def agency(options: dict[str, Any]) -> Member:
    """The member called “agence”, made now where there is none. Raises ValidationError for a wrong SIREN or name."""
    known = Member.objects.filter(slug=SLUG).first()
    if known:
        return known
    made = Member(slug=SLUG, name=options["name"], siren=options["siren"], kind=options["kind"])
    made.full_clean()
    made.save()
    return made
