"""Tables of the platform itself, by what they are about."""

from gis_core.models.documents import AttachedDocument, RetentionTime
from gis_core.models.history import WITH_FILES, HistoryEvent, IdempotencyKey, ReplacedRow, RowHistory, SourceImport
from gis_core.models.jobs import Job, JobQuerySet
from gis_core.models.letters import Letter, LetterCounter, Letterhead, LetterQuerySet, LetterTemplate
from gis_core.models.links import SharedLink, SharedLinkQuerySet
from gis_core.models.organisations import Commune, Member, MemberQuerySet, Territory, web_mercator
from gis_core.models.people import (
    Absence,
    ApiToken,
    ApiTokenQuerySet,
    Membership,
    MembershipQuerySet,
    TownHall,
    User,
    UserManager,
)
from gis_core.models.retention import RetentionChoice
from gis_core.models.reviews import ReviewedPerson, RightsReview
from gis_core.models.second_factor import FactorRecovery, FactorRecoveryQuerySet, SecondFactorRule
from gis_core.models.security import SecurityEvent, SyslogPosition
from gis_core.models.sign_in import AccessRule, SignInMethod
from gis_core.models.watch import Alert, DayMeasure
