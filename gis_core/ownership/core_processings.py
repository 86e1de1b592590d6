"""The processings of the core, for the register: accounts, security, letters."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.processings import Controller, Processing

PROCESSINGS: Final = (
    Processing(
        slug="accounts",
        title=_("Accounts and rights of access"),
        controller=Controller.AGENCY,
        purposes=_("Let in the staff of the authorities, with the rights of their role, and nobody else."),
        basis=_(
            "task in the public interest (GDPR, art. 6 § 1 e): what the authorities are competent for"
            " and do with the platform"
        ),
        people=_("staff and elected members of the authorities and of the agency, people invited"),
        models=(
            *("gis_core.User", "gis_core.Membership", "account.EmailAddress", "account.EmailConfirmation"),
            *("gis_core.User_groups", "gis_core.User_user_permissions", "gis_core.ApiToken", "gis_core.IdempotencyKey"),
            *("gis_core.Job", "mfa.Authenticator", "socialaccount.SocialAccount", "socialaccount.SocialToken"),
            *("usersessions.UserSession", "gis_core.FactorRecovery"),
        ),
        data=_(
            "roles and communes, language, last sign-in, saved filters and map view, jobs, tokens;"
            " sessions (IP address, browser); second factor; the password is kept hashed only"
        ),
        recipients=_("administrators of the authority and of the agency; the person themself"),
        measures=_("the secret of a token is never kept; a changed password ends tokens"),
    ),
    Processing(
        slug="security",
        title=_("Journals and history"),
        controller=Controller.AGENCY,
        purposes=_(
            "Prove who read or changed what, find misuse, restore what was lost, answer a person who"
            " asks for their data."
        ),
        basis=_("legal obligation and task in the public interest (GDPR, art. 6 § 1 c and e; art. 5 § 2 and art. 32)"),
        people=_("staff of the authorities and of the agency; visitors whose IP address is noted at sign-in"),
        models=(
            *("gis_core.HistoryEvent", "gis_core.RowHistory", "admin.LogEntry", "gis_core.SecurityEvent"),
            *("gis_core.SyslogPosition", "gis_core.RightsReview", "gis_core.ReviewedPerson"),
        ),
        data=_(
            "IP address, time and request number in the security journal (a file a day, and the"
            " database); roles and answers of the reviews of rights"
        ),
        recipients=_("administrators of the agency; those of the authorities concerned for journals of readings"),
    ),
    Processing(
        slug="letters",
        title=_("Letters"),
        controller=Controller.MEMBER,
        purposes=_("Write, number and keep the letters of a file."),
        basis=_("legal obligation and task in the public interest (GDPR, art. 6 § 1 c and e), as the file"),
        people=_("recipients, signatories"),
        models=("gis_core.Letter", "gis_core.Letterhead"),
        data=_("the text of the letter, free"),
        recipients=_("the recipient; staff of the authority; the Archives départementales"),
    ),
)
