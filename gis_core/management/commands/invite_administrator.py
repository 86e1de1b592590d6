"""Invite the agency's first administrator: a new installation has nobody who could do it from a page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.accounts.mail import password_link
from gis_core.errors import ArpentError
from gis_core.members.people import accept, invite
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member


class Command(BaseCommand):
    help = "Invite an administrator of the agency by e-mail, and print the link that sets the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--site", required=True, help="address of the platform, e.g. https://sig.example.fr/")
        parser.add_argument(
            "--member", required=True, help="short name of the member; made with the options below if new"
        )
        parser.add_argument("--name", default="")
        parser.add_argument("--siren", default="")
        parser.add_argument("--kind", choices=Member.Kind.values, default=Member.Kind.EPCI)

    def handle(self, *args: Any, email: str, site: str, member: str, **options: Any) -> None:
        try:
            with acting_as(SYSTEM), transaction.atomic():
                membership = invite(
                    rights=SYSTEM,
                    member=get_or_create_member(member, options["name"], options["siren"], options["kind"]),
                    email=email,
                    role=Role.AGENCY_ADMINISTRATOR,
                    site=site,
                )
                accept(user=membership.user, membership_id=membership.pk)
        except ArpentError as error:
            raise CommandError(str(error.message)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(password_link(membership.user, site))


def get_or_create_member(slug: str, name: str, siren: str, kind: str) -> Member:
    """The member of this short name, made now where it is new and its name and SIREN are given."""
    known = Member.objects.filter(slug=slug).first()
    if known:
        return known
    if not name or not siren:
        raise CommandError(_("No member is named %(slug)s: give --name and --siren to create it.") % {"slug": slug})
    made = Member(slug=slug, name=name, siren=siren, kind=kind)
    made.full_clean()
    made.save()
    return made
