"""Whose the rows of the core's models are, and of those of Django and its libraries."""

from typing import Final

from gis_core.ownership.declarations import Declared, Fate, Whose, common, of_member
from gis_core.ownership.free_texts import CODE, COORDINATES, MACHINE, SECRET, SETTING, FreeText, pages_of_letters
from gis_core.ownership.law import ARCHIVES, TRACES

MEMBER, PERSON, COMMON = Whose.MEMBER, Whose.PERSON, Whose.COMMON

ORGANISATIONS = of_member(
    "gis_core",
    {
        "Member": "pk",
        "Territory": "member",
        "RetentionTime": "member",
        "SignInMethod": "member",
        "AccessRule": "member",
    },
)
PEOPLE = (
    Declared(
        model="gis_core.User",
        whose=PERSON,
        path="pk",
        asks=Fate.ANONYMISE,
        identity=("username", "email", "first_name", "last_name"),
    ),
    Declared(model="gis_core.Membership", whose=MEMBER, path="member", asks=Fate.ERASE, identity=("invited_email",)),
    *of_member("gis_core", {"TownHall": "membership__member", "Absence": "owner"}),
    *of_member("gis_core", {"RightsReview": "owner"}),
    Declared(
        model="gis_core.ReviewedPerson",
        whose=MEMBER,
        path="review__owner",
        asks=Fate.KEEP,
        basis=TRACES,
        identity=("name", "email"),
    ),
    Declared(model="gis_core.ApiToken", whose=PERSON, path="user", asks=Fate.ERASE),
    Declared(model="gis_core.IdempotencyKey", whose=PERSON, path="person", asks=Fate.ERASE),
    Declared(model="gis_core.User_groups", whose=PERSON, path="user", asks=Fate.ERASE),
    Declared(model="gis_core.User_user_permissions", whose=PERSON, path="user", asks=Fate.ERASE),
    Declared(model="account.EmailAddress", whose=PERSON, path="user", asks=Fate.ERASE, identity=("email",)),
    Declared(model="socialaccount.SocialAccount", whose=PERSON, path="user", asks=Fate.ERASE, identity=("uid",)),
    Declared(model="socialaccount.SocialToken", whose=PERSON, path="account__user", asks=Fate.ERASE),
    Declared(model="mfa.Authenticator", whose=PERSON, path="user", asks=Fate.ERASE),
    Declared(model="gis_core.FactorRecovery", whose=PERSON, path="user", asks=Fate.ERASE),
    Declared(model="usersessions.UserSession", whose=PERSON, path="user", asks=Fate.ERASE),
    Declared(model="account.EmailConfirmation", whose=PERSON, path="email_address__user", asks=Fate.ERASE),
)
WORK = (
    *of_member(
        "gis_core",
        {
            "Job": "owner",
            "SourceImport": "owner",
            "ReplacedRow": "source_import__owner",
            "LetterCounter": "owner",
            "LetterTemplate": "owner",
            "SharedLink": "owner",
            "DayMeasure": "owner",
            "Alert": "owner",
        },
        titles={"LetterCounter": "compteurs de numéros de courriers", "ReplacedRow": "lignes remplacées par un import"},
    ),
    Declared(
        model="gis_core.Letterhead",
        whose=MEMBER,
        path="owner",
        asks=Fate.KEEP,
        basis=ARCHIVES,
        identity=("name", "signatory", "contact"),
    ),
    Declared(
        model="gis_core.Letter",
        whose=MEMBER,
        path="owner",
        archive=True,
        asks=Fate.KEEP,
        basis=ARCHIVES,
        identity=("recipient", "signatory"),
    ),
)
HISTORY = (
    Declared(model="gis_core.HistoryEvent", whose=COMMON, asks=Fate.KEEP, basis=TRACES),
    Declared(model="gis_core.RowHistory", whose=COMMON, asks=Fate.KEEP, basis=TRACES),
    Declared(model="gis_core.SecurityEvent", whose=COMMON, asks=Fate.KEEP, basis=TRACES),
    Declared(model="gis_core.SyslogPosition", whose=COMMON, asks=Fate.KEEP, basis=TRACES),
)
LIBRARIES = (
    Declared(model="admin.LogEntry", whose=COMMON, asks=Fate.KEEP, basis=TRACES),
    *common("gis_core", "Commune", "RetentionChoice", "SecondFactorRule"),
    *common("auth", "Permission", "Group", "Group_permissions"),
    *common("contenttypes", "ContentType"),
    *common("sessions", "Session"),
    *common("socialaccount", "SocialApp"),
    *common("gis", "PostGISGeometryColumns", "PostGISSpatialRefSys"),
    *common(
        "procrastinate",
        "ProcrastinateWorker",
        "ProcrastinateJob",
        "ProcrastinateEvent",
        "ProcrastinatePeriodicDefer",
    ),
)
DECLARATIONS: Final = (*ORGANISATIONS, *PEOPLE, *WORK, *HISTORY, *LIBRARIES)
TEXTS: Final = (
    FreeText(
        model="gis_core.Letter",
        columns=("title", "body"),
        links=pages_of_letters,
        unread={"begun_with": "le modèle dont le courrier est parti"},
    ),
    FreeText(model="gis_core.LetterTemplate", columns=("title", "body")),
    FreeText(model="gis_core.Letterhead", columns=("address", "place", "appeals")),
    FreeText(
        model="gis_core.Job",
        columns=("title", "message"),
        unread=dict.fromkeys(("parameters", "report"), "part avec la tâche, quatre-vingt-dix jours après"),
    ),
    FreeText(
        model="gis_core.SourceImport",
        columns=("title",),
        unread={"source": CODE, **dict.fromkeys(("before", "counts"), MACHINE)},
    ),
    FreeText(model="gis_core.ApiToken", columns=("name",), unread={"prefix": SECRET, "last_address": CODE}),
    FreeText(model="gis_core.User", columns=("saved_filters",), unread={"map_view": COORDINATES}),
    FreeText(model="gis_core.RetentionTime", columns=("source",)),
    FreeText(model="gis_core.RetentionChoice", columns=("source",)),
    FreeText(model="gis_core.ReviewedPerson", columns=("outcome", "communes")),
    FreeText(
        model="gis_core.SecurityEvent",
        columns=("name", "about", "detail"),
        unread=dict.fromkeys(("event", "address", "request"), CODE),
    ),
    FreeText(model="gis_core.HistoryEvent", columns=("detail",), unread={"by_role": CODE}),
    FreeText(model="gis_core.RowHistory", columns=("old",)),
    FreeText(
        model="gis_core.ReplacedRow",
        why="lignes d'avant un import, propriétaires parmi elles, parties trente jours après",
    ),
    FreeText(model="admin.LogEntry", columns=("object_repr", "change_message"), unread={"object_id": CODE}),
    FreeText(model="gis_core.Alert", columns=("texts",)),
    FreeText(model="gis_core.Commune", why="communes de France"),
    FreeText(model="gis_core.Member", why="noms et numéros de collectivités"),
    FreeText(model="gis_core.Absence", why=MACHINE),
    FreeText(model="gis_core.IdempotencyKey", why="réponses à des envois, parties après sept jours"),
    FreeText(model="gis_core.SharedLink", why=CODE),
    FreeText(model="gis_core.DayMeasure", why=MACHINE),
    FreeText(model="gis_core.SyslogPosition", why=SETTING),
    *(FreeText(model=f"gis_core.{one}", why=SETTING) for one in ("SignInMethod", "AccessRule")),
    *(FreeText(model=one, why=SETTING) for one in ("auth.Permission", "auth.Group", "contenttypes.ContentType")),
    *(FreeText(model=f"socialaccount.{one}", why=SECRET) for one in ("SocialApp", "SocialToken")),
    FreeText(model="socialaccount.SocialAccount", columns=("extra_data",)),
    *(
        FreeText(model=one, why=SECRET)
        for one in ("sessions.Session", "account.EmailConfirmation", "mfa.Authenticator")
    ),
    FreeText(model="usersessions.UserSession", why=SECRET),
    *(FreeText(model=f"gis.{one}", why=COORDINATES) for one in ("PostGISGeometryColumns", "PostGISSpatialRefSys")),
    *(
        FreeText(model=f"procrastinate.Procrastinate{one}", why="la file des tâches, vidée après trente jours")
        for one in ("Job", "PeriodicDefer")
    ),
)
