"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.desk.navigation import to_visitors
from gis_core.jobs.points import TASKS, Task
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS, LETTER_PAGES, LetterPage
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import (
    BAR,
    GUIDES,
    LETTER_KINDS,
    MAP_LINKS,
    STORED_KINDS,
    TABS,
    BarLink,
    MapLink,
    PageGuide,
    StoredKind,
    Tab,
)
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYERS
from layers.features.points import EDITING
from networks.notifications.points import NOTICE_TEMPLATES, NoticeTemplate
from networks.roads.points import PLACE_LINKS, ROAD_PARTS
from networks.roadworks import detour_layer, editing, layers, ownership, personal_data
from networks.roadworks.kinds import KINDS
from networks.roadworks.navigation import roads_address
from networks.roadworks.points import CONFLICT_FINDERS, WORK_PARTS, ConflictFinder
from networks.roadworks.services.detour_conflicts import by_detours, find_detour_conflicts
from networks.roadworks.triggers import POLICIES, TRIGGERS

PIECE_BYTES = """
    select request.owner_id, sum(piece.size_bytes) from road_piece piece
    join road_request request on request.id = piece.request_id where piece.erased_at is null group by 1
"""

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.roadworks.api.urls"),
        Urls("travaux/", "networks.roadworks.public_urls"),
        Urls("voirie/", "networks.roadworks.page_urls"),
    ),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        LETTER_PAGES(LetterPage("road-request", "road_letter")),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        STORED_KINDS(StoredKind("work_pieces", _("Pieces of works"), PIECE_BYTES)),
        LETTER_KINDS(*KINDS),
        LAYERS(layers.declaration()),
        LAYERS(detour_layer.declaration()),
        EDITING(*editing.TABLES),
        TABS(Tab(desk="roads", name="works", label=_("Works"), order=20)),
        TABS(Tab(desk="roads", name="road_requests", label=_("Requests and orders"), order=30)),
        WORK_PARTS(Later("networks.roadworks.pages.order_parts.detour_part")),
        WORK_PARTS(Later("networks.roadworks.pages.order_parts.orders_part")),
        WORK_PARTS(Later("networks.roadworks.pages.notice_part.notices_part")),
        ROAD_PARTS(Later("networks.roadworks.services.along.works_part")),
        PLACE_LINKS(Later("networks.roadworks.services.along.new_works_here")),
        NOTICE_TEMPLATES(
            NoticeTemplate(
                "work",
                Later("networks.roadworks.services.neighbours.beginning"),
                Later("networks.roadworks.services.neighbours.page_of"),
            )
        ),
        CONFLICT_FINDERS(ConflictFinder(by_detours, find_detour_conflicts)),
        GUIDES(
            PageGuide(
                guide="how-to/travaux-sur-la-voirie",
                under=(
                    "travaux/",
                    "voirie/travaux/",
                ),
            ),
            PageGuide(
                guide="how-to/arretes-de-voirie",
                under=(
                    "voirie/demandes/",
                    "travaux/arretes/",
                ),
            ),
        ),
        BAR(
            BarLink(section="public_works", url="public_works", label=_("Road works"), order=20, is_visible=to_visitors)
        ),
        MAP_LINKS(MapLink(name="roads", order=14, address=roads_address)),
        TASKS(
            Task(
                name="forget_road_requests",
                run=Later("networks.roadworks.tasks.forget_road_requests"),
                cron="23 4 * * *",
            ),
            Task(
                name="date_works_on_the_map",
                run=Later("networks.roadworks.tasks.date_works_on_the_map"),
                cron="1 * * * *",
            ),
        ),
    ),
    triggers=TRIGGERS,
    policies=POLICIES,
)
