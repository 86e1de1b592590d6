"""What this app gives to the others."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis_core.accounts.factor import start_step
from gis_core.desk.navigation import (
    address_for_all,
    page_address,
    to_administrators,
    to_agency,
    to_everybody,
    to_security_officers,
    to_signed_in,
)
from gis_core.jobs.points import DIRECTORIES, JOB_KINDS, TASKS, WAITED, JobKind, Task
from gis_core.operations import start_steps
from gis_core.ownership.core_processings import PROCESSINGS as CORE_PROCESSINGS
from gis_core.ownership.core_retention import KINDS
from gis_core.ownership.core_tables import DECLARATIONS, TEXTS
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import (
    BAR,
    FACTOR_NEEDS,
    GUIDES,
    MAP_LINKS,
    MEASURES,
    MEMBER_WORK,
    START_STEPS,
    BarLink,
    FactorNeed,
    MapLink,
    Measure,
    MemberWork,
    PageGuide,
)
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.database import Reported, Setting, Trigger
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later

METRICS = "gis_core.operations.metrics"
BACKUPS = "gis_core.operations.night_backups"
WATCH = "gis_core.operations.watch"
REQUESTS = "gis_core.ownership.person_requests"
RETENTION = "gis_core.ownership.retention_jobs"

WHO_ASKS = (
    Setting("user_id", "The wall: who asks (0: nobody), for the row policies, the history and the journals."),
    Setting("members", "The wall: the members whose rows this person sees."),
    Setting("town_halls", "The wall: the members of which this person sees only the rows of its own communes."),
    Setting("writers", "The wall: the members whose rows this person writes."),
    Setting("insee", "The wall: the communes whose personal rows this person sees."),
    Setting("town_insee", "The wall: the communes that this person works for in a town hall."),
    Setting("agency", "The wall: whether the agency asks, which sees all rows."),
    Setting("layers", "The wall: the only layers that the asker's API token opens; empty: all that the person sees."),
)
"""Rights.settings(), told to every transaction: where one is missing, functions that need it fail rather than guess."""

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "gis_core.api.urls"),),
    gives=(
        DECLARED(*DECLARATIONS),
        FREE_TEXTS(*TEXTS),
        MEMBER_WORK(
            MemberWork(
                name="letters",
                label=_("Letters and acts in preparation"),
                order=10,
                find=Later("gis_core.members.begun.find_letters"),
                why=_("They stay with their file: whoever takes it over goes on with them."),
            ),
            MemberWork(
                name="saved_filters",
                label=_("Saved filters"),
                order=90,
                find=Later("gis_core.members.begun.find_filters"),
                why=_(
                    "They are the person's own and go with the account: the address of a filtered list gives a"
                    " colleague the same rows."
                ),
            ),
        ),
        RETENTIONS(*KINDS),
        PROCESSINGS(*CORE_PROCESSINGS),
        MEASURES(
            Measure(
                "arpent_build_info",
                "1: the versions that run.",
                Later(f"{WATCH}.figures.versions"),
                ("version", "postgresql"),
            ),
            Measure(
                "arpent_disk_free_bytes",
                "Room left on each disk.",
                Later(f"{WATCH}.figures.disk_free"),
                ("disk",),
            ),
            Measure(
                "arpent_disk_size_bytes",
                "Size of each disk.",
                Later(f"{WATCH}.figures.disk_total"),
                ("disk",),
            ),
            Measure(
                "arpent_disk_full_seconds",
                "In how long a disk is full, of those that fill.",
                Later(f"{WATCH}.figures.disk_full_in"),
                ("disk",),
            ),
            Measure(
                "arpent_stored_bytes",
                "What each member has of each kind of data, as of the last night.",
                Later(f"{WATCH}.figures.stored_bytes"),
                ("member", "kind"),
            ),
            Measure(
                "arpent_folder_bytes",
                "Size of the database and of each folder, as of the last night.",
                Later(f"{WATCH}.figures.folder_bytes"),
                ("folder",),
            ),
            Measure(
                "arpent_certificate_end_timestamp_seconds",
                "When the certificate of the public address ends (0: none, or refused).",
                Later(f"{WATCH}.figures.certificate_end"),
            ),
            Measure(
                "arpent_people_present",
                "People who asked for something in the last quarter of an hour.",
                Later(f"{WATCH}.presence.count_present"),
            ),
            Measure(
                "arpent_sessions",
                "Sessions that have not ended.",
                Later(f"{WATCH}.figures.sessions"),
            ),
            Measure(
                "arpent_workers",
                "Programs of background jobs that live.",
                Later(f"{WATCH}.figures.workers"),
            ),
            Measure(
                "arpent_failed_tasks",
                "Background tasks that failed unexpectedly in a day.",
                Later(f"{WATCH}.figures.failed_tasks"),
                ("task",),
            ),
            Measure(
                "arpent_statement_week_seconds",
                "Time that the slowest statements took in the week.",
                Later(f"{WATCH}.figures.statement_seconds"),
                ("statement",),
            ),
            Measure(
                "arpent_needs",
                "1 for what administrators have to see to.",
                Later(f"{WATCH}.figures.needs"),
                ("code",),
            ),
            Measure(
                "arpent_drill_last_success_timestamp_seconds",
                "When the last restore drill ended well (0: none, or it failed).",
                Later(f"{BACKUPS}.last_good_drill"),
            ),
            Measure(
                "arpent_oldest_job_seconds",
                "Age of the oldest job that waits for the worker.",
                Later(f"{METRICS}.oldest_waiting_job"),
            ),
            Measure(
                "arpent_backup_last_success_timestamp_seconds",
                "When the last verified backup was made.",
                Later(f"{BACKUPS}.last_success"),
            ),
            Measure(
                "arpent_backup_last_success_bytes",
                "Size of the last verified backup.",
                Later(f"{BACKUPS}.last_size"),
            ),
            Measure(
                "arpent_backup_failed",
                "1 when the last backup or its verification failed.",
                Later(f"{BACKUPS}.has_failed"),
            ),
        ),
        FACTOR_NEEDS(
            FactorNeed(
                "administrators",
                _("Administrators of the agency, and GIS administrators of members"),
                "m.role in ('gis_administrator', 'agency_administrator')",
            )
        ),
        BAR(BarLink(section="", url="map", label=_("Map"), order=0, is_visible=to_everybody)),
        BAR(
            BarLink(
                section="getting_started",
                url="getting_started",
                label=_("Getting started"),
                order=1,
                is_visible=start_steps.is_visible_to,
            )
        ),
        START_STEPS(*start_steps.STEPS, start_step.STEP),
        BAR(BarLink(section="members", url="members", label=_("People"), order=60, is_visible=to_administrators)),
        BAR(
            BarLink(
                section="journal",
                url="journal",
                label=_("Security journal"),
                order=105,
                is_visible=to_security_officers,
            )
        ),
        BAR(BarLink(section="", url="admin:index", label=_("Administration"), order=110, is_visible=to_agency)),
        GUIDES(
            PageGuide(guide="how-to/inviter-des-personnes", under=("membres/",)),
            PageGuide(
                guide="how-to/active-directory",
                under=("compte/connexion/annuaire/", "plateforme/connexion/annuaire/"),
            ),
            PageGuide(guide="how-to/proconnect", under=("plateforme/",)),
            PageGuide(guide="how-to/quand-un-membre-part", under=("depart/",)),
            PageGuide(guide="how-to/donnees-personnelles", under=("donnees-personnelles/", "compte/mes-donnees/")),
            PageGuide(guide="how-to/quand-la-session-se-termine", under=("compte/",)),
            PageGuide(guide="how-to/second-facteur", under=("compte/second-facteur/", "mise-en-route/second-facteur/")),
            PageGuide(guide="how-to/ecrire-un-courrier", under=("courriers/",)),
            PageGuide(guide="reference/reglages", under=("administration/",)),
            PageGuide(guide="how-to/journal-de-securite", under=("journal/",)),
            PageGuide(guide="how-to/surveiller", under=("exploitation/",)),
            PageGuide(guide="how-to/mettre-en-route", under=("mise-en-route/",)),
        ),
        TOKEN_DESKS(TokenDesk(slug="journal", label=_("Security journal"), prefixes=("journal/",))),
        MAP_LINKS(MapLink(name="api", order=0, address=address_for_all("/api/v1/"))),
        MAP_LINKS(MapLink(name="sign_in", order=1, address=page_address("account_login"))),
        MAP_LINKS(MapLink(name="sign_out", order=2, address=page_address("account_logout"))),
        MAP_LINKS(MapLink(name="account", order=3, address=page_address("account"))),
        MAP_LINKS(MapLink(name="language", order=4, address=page_address("set_language"))),
        MAP_LINKS(MapLink(name="help", order=10, address=page_address("help"))),
        MAP_LINKS(MapLink(name="map_view", order=5, address=page_address("map_view", to_signed_in))),
        MAP_LINKS(MapLink(name="start", order=7, address=page_address("getting_started", to_agency))),
        MAP_LINKS(MapLink(name="admin", order=6, address=page_address("admin:index", to_agency))),
        JOB_KINDS(
            JobKind(
                kind="member_export",
                work=Later("gis_core.ownership.jobs.export"),
                roles=None,
                afterwards=Later("gis_core.ownership.jobs.forget_scratch"),
            ),
            JobKind(
                kind="person_request",
                work=Later(f"{REQUESTS}.answer"),
                roles=None,
                afterwards=Later(f"{REQUESTS}.forget_typed"),
                waited=True,
            ),
            JobKind(
                kind="my_data",
                work=Later(f"{REQUESTS}.give_mine"),
                roles=None,
                afterwards=Later(f"{REQUESTS}.forget_mine"),
            ),
            JobKind(kind="retention_trial", work=Later(f"{RETENTION}.try_out"), roles=None, waited=True),
        ),
        TASKS(
            Task(
                name="account_mail",
                run=Later("gis_core.tasks.send_account_mail"),
                queue=WAITED,
                retry=Later("gis_core.tasks.WithTheMailServer"),
            ),
            Task(
                name="synchronise_directories",
                run=Later("gis_core.accounts.directory.synchronising.queue_all"),
                queue=WAITED,
                cron="*/5 * * * *",
            ),
            Task(
                name="synchronise_directory",
                run=Later("gis_core.accounts.directory.synchronising.run"),
                queue=DIRECTORIES,
            ),
            Task(name="follow_people", run=Later("gis_core.members.leaving.follow_people"), cron="*/5 * * * *"),
            Task(
                name="send_security_events",
                run=Later("gis_core.journal.syslog.send_events"),
                cron="* * * * *" if settings.SYSLOG else "",
                lock="send_security_events",
            ),
            Task(name="remind_of_tokens", run=Later("gis_core.tokens.reminders.remind"), cron="47 6 * * *"),
            Task(name="tidy", run=Later("gis_core.tasks.tidy"), cron="17 3 * * *"),
            Task(name="sweep_erased", run=Later("gis_core.tasks.sweep_erased"), cron="37 3 * * *"),
            Task(name="apply_retention", run=Later(f"{RETENTION}.apply_choices"), cron="12 4 * * *"),
            Task(name="watch", run=Later(f"{WATCH}.alerts.watch"), queue=WAITED, cron="*/10 * * * *"),
            Task(name="measure_everything", run=Later(f"{WATCH}.alerts.measure_everything"), cron="7 2 * * *"),
            Task(name="tidy_queue", run=Later("gis_core.tasks.tidy_queue"), cron="27 3 * * *", with_context=True),
        ),
    ),
    triggers=(
        Trigger(
            table="gis_core_rightsreview",
            order=20,
            name="final",
            fires="before update or delete",
            call="refuse_final()",
        ),
        Trigger(
            table="gis_core_letter", order=20, name="final", fires="before update or delete", call="refuse_final()"
        ),
    ),
    settings=(
        *WHO_ASKS,
        Setting(
            "event_<table>",
            "The history event that the changes of a table (its oid) belong to: open_event and continue_event say it,"
            " the triggers of the history read it. Who writes can give a trigger no argument.",
        ),
    ),
    reported=(
        Reported(table="gis_core_user", unwatched=("last_login", "map_view")),
        Reported(
            table="gis_core_apitoken",
            unwatched=("last_used_at", "last_address", "end_reminded_at", "unused_reminded_at"),
        ),
        Reported(table="gis_core_sharedlink"),
        Reported(table="gis_core_letterhead", unwatched=("logo",)),
    ),
)
