"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import page_address, to_signed_in, to_those_who, to_visitors
from gis_core.jobs.points import JOB_KINDS, TASKS
from gis_core.members.rights import Role
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS, LETTER_PAGES, LetterPage
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import (
    ACCESSES,
    BAR,
    FACTOR_NEEDS,
    FIRST_VIEWS,
    GUIDES,
    LETTER_KINDS,
    MAP_LINKS,
    MEMBER_WORK,
    STORED_KINDS,
    WORK,
    Access,
    BarLink,
    FactorNeed,
    FirstView,
    MapLink,
    MemberWork,
    PageGuide,
    StoredKind,
    Work,
)
from gis_core.tokens.points import TOKEN_DESKS, TokenDesk
from gis_core.wiring.database import Reported
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYERS
from layers.features.points import FEATURE_SHEETS, SEARCHERS, FeatureSheet, Searcher
from layers.features.starting_place import nearest_of
from layers.intake.points import FILE_SOURCES
from layers.parcels.sections import sheet_sections
from permits import jobs, ownership, personal_data
from permits.acts import kinds as acts
from permits.layers import SEEN_FROM, SLUG, declaration
from permits.letters import KINDS
from permits.searching import claim_permits, offer_applicants, search_permits
from permits.sections import SECTION, sees_files
from permits.services.filing import may_file
from permits.sheet import describe
from permits.sources import PERMITS
from permits.triggers import LETTERS, TRIGGERS

PIECE_BYTES = """
    select permit.owner_id, sum(piece.size_bytes) from permits_piece piece
    join permits_permit permit on permit.id = piece.permit_id where piece.erased_at is null group by 1
"""

READERS = """
    m.role = any (coalesce((select s.applicant_roles from public.permits_settings s where s.member_id = m.member_id),
        array['permit_instructor', 'town_hall']))
"""

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "permits.api.urls"),
        Urls("permis/", "permits.page_urls"),
        Urls("openads/", "permits.openads_urls"),
    ),
    gives=(
        TOKEN_DESKS(
            TokenDesk(
                slug="permits", label=_("Planning applications"), prefixes=("permis/", "openads/", "api/v1/permits/")
            )
        ),
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        MEMBER_WORK(
            MemberWork(
                name="signature_proposals",
                label=_("Signatures asked for"),
                order=20,
                find=Later("permits.services.leaving.find_proposals"),
                why=_(
                    "They stay with their file: whoever signs answers there, whoever instructs it may take them back."
                ),
            )
        ),
        LETTER_PAGES(LetterPage("permit", "permit_letter")),
        ACCESSES(
            Access("calendars", Later("permits.services.leaving.close_calendar")),
            Access("consultation_links", Later("permits.services.leaving.close_consultations")),
            Access("permit_teams", Later("permits.services.leaving.leave_teams")),
        ),
        WORK(
            Work(
                name="permit_files",
                label=_("Planning applications to instruct"),
                order=10,
                find=Later("permits.services.leaving.find_files"),
                why_not=Later("permits.services.leaving.why_no_files"),
                give=Later("permits.services.leaving.give_files"),
            )
        ),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        STORED_KINDS(StoredKind("permit_pieces", _("Pieces of planning applications"), PIECE_BYTES)),
        FACTOR_NEEDS(FactorNeed("applicants", _("Who reads applicants for permits (as each member chose)"), READERS)),
        LETTER_KINDS(*KINDS, *acts.KINDS),
        FEATURE_SHEETS(FeatureSheet(SLUG, describe)),
        SEARCHERS(Searcher(search_permits, SLUG, claim=claim_permits)),
        SEARCHERS(Searcher(offer_applicants, yields_to_claims=True)),
        *sheet_sections(SECTION),
        LAYERS(declaration()),
        GUIDES(
            PageGuide(guide="how-to/suivre-les-permis", under=("permis/",), panels=("permits",)),
            PageGuide(guide="how-to/deposer-et-instruire-un-permis", under=("permis/deposer/",)),
            PageGuide(guide="how-to/signer-un-acte", under=("permis/signatures/",)),
            PageGuide(guide="how-to/reprendre-un-registre", under=("permis/importer/",)),
        ),
        *(
            FIRST_VIEWS(FirstView(role=role, layers=(SLUG,), place=nearest_of("permits_permit"), zoom=SEEN_FROM))
            for role in (Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL)
        ),
        BAR(BarLink(section="permits", url="permits", label=_("Permits"), order=10, is_visible=to_signed_in)),
        BAR(BarLink(section="register", url="permit_register", label=_("Decisions"), order=11, is_visible=to_visitors)),
        MAP_LINKS(MapLink(name="permits", order=12, address=page_address("permits", to_those_who(sees_files)))),
        MAP_LINKS(MapLink(name="file_permit", order=15, address=page_address("permit_filing", to_those_who(may_file)))),
        FILE_SOURCES(PERMITS),
        JOB_KINDS(*jobs.KINDS),
        TASKS(*jobs.TASKS),
    ),
    triggers=TRIGGERS,
    policies=(LETTERS,),
    reported=(
        Reported(table="permits_team_people"),
        Reported(table="permits_consultationlink", unwatched=("code_digest", "code_at", "code_tries", "codes")),
    ),
)
