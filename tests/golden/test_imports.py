"""What each import of files of our own says and writes, word by word: tried out, done, again, with less, taken back."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString

from gis_core.models import Member
from networks.roads.models import RoadSection
from tests import factories
from tests.golden import kept, rows
from tests.golden.contacts import listed, rights_to_contacts
from tests.golden.stories import MEMBER, Step, Story, accepted, command, each, single, take_back, told_of

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
MADE = DATA / "golden"
X, Y = factories.ORIGIN
AROUND = {"45901": factories.square(X - 60_000, Y - 60_000, 120_000)}
LAYER: dict[str, Any] = {"new": True, "title": "Essai", "theme": "Essai", "member": MEMBER}
PERMITS = {"member": MEMBER, "user": "golden-permit_instructor"}


def lifelike(name: str, whole: Path, less: Path, *, replacing: dict[str, Any] | None = None, **given: Any) -> Story:
    """An import and the next one, which has far less: refused, let pass with the right number, taken back.

    Communes alone never go.
    """
    word, again = partial(command, name="import_" + name, **given), replacing or {}
    loss = [
        word("with less, another number accepted", paths=[less], accept_loss=1, **again),
        word("with less, accepted", paths=[less], accept_loss=accepted, **again),
    ]
    return Story(
        f"import_{name}, lifelike",
        [
            word("tried out", paths=[whole], dry_run=True),
            word("done", paths=[whole]),
            word("the same again", paths=[whole], **again),
            word("with less, tried out", paths=[less], dry_run=True, **again),
            *(loss if name != "communes" else [word("with less", paths=[less])]),
            take_back(),
            take_back("taken back once more"),
        ],
        root=DATA,
    )


def layer_story() -> Story:
    """A layer published, brought up to date in each way, and taken back."""
    word = partial(command, name="import_layer")
    places, after = [MADE / "layer/lieux.geojson"], [MADE / "layer/lieux-apres.geojson"]
    new = {**LAYER, "slug": "lieux", "abstract": "Des lieux", "licence": "Licence Ouverte", "date": "2024-05-01"}
    known: dict[str, Any] = {"layer": "lieux", "key": "ref"}
    steps = [
        word("tried out", paths=places, dry_run=True, **new, key="ref"),
        word("done", paths=places, **new, key="ref"),
        word("without a mode", paths=places, **known),
        word("the same again", paths=places, **known, mode="synchronise"),
        word("with less, tried out", paths=after, **known, mode="synchronise", dry_run=True),
        word("with less, accepted", paths=after, **known, mode="synchronise", accept_loss=accepted),
        take_back(),
        word("in place of all", paths=after, **known, mode="replace"),
        word("in place of all, accepted", paths=after, **known, mode="replace", accept_loss=accepted),
        take_back(),
        word("more", paths=[MADE / "layer/lieux.csv"], layer="lieux", mode="append", crs=2154),
        take_back(),
        take_back("taken back once more"),
    ]
    return Story("import_layer, lifelike", steps, root=DATA)


def network_story() -> Story:
    word = partial(command, name="import_network", member=MEMBER)
    whole, less = sorted((MADE / "network/avant").iterdir()), sorted((MADE / "network/apres").iterdir())
    steps = [
        word("tried out", paths=whole, dry_run=True),
        word("done", paths=whole),
        word("the same again", paths=whole),
        word("the same again, in place of what is known", paths=whole, known="replace"),
        word("added", paths=less, known="add"),
        word("with less, another number accepted", paths=less, known="replace", accept_loss=1),
        word("with less, accepted", paths=less, known="replace", accept_loss=accepted),
        take_back(),
        take_back("taken back once more"),
    ]
    return Story("import_network, lifelike", steps, root=DATA)


def epanet_story() -> Story:
    word = partial(command, name="import_network", paths=[MADE / "network/reseau.inp"], member=MEMBER)
    steps = [
        word("nowhere"),
        word("in a system where it is not", crs=2154),
        word("in an unknown system", crs=999_999),
        word("tried out", corner=[X + 10, Y + 10], scale=2.0, dry_run=True),
        word("done", corner=[X + 10, Y + 10], scale=2.0),
        take_back(),
    ]
    return Story("import_network, EPANET", steps, root=DATA)


def raepa_story() -> Story:
    word = partial(command, name="import_network", member=MEMBER)
    whole, less = sorted((MADE / "network/raepa").iterdir()), sorted((MADE / "network/raepa-moins").iterdir())
    steps = [
        word("done", paths=whole, snap=0.5),
        word("with less", paths=less, snap=0.5, known="replace", leave_out=True),
        word("with less, accepted", paths=less, snap=0.5, known="replace", leave_out=True, accept_loss=accepted),
        take_back(),
    ]
    return Story("import_network, RAEPA", steps, root=DATA)


def a_road(member: Member) -> None:
    with factories.as_worker():
        line = LineString([(X, Y + 50), (X + 2000, Y + 50)], srid=2154)
        RoadSection.objects.create(owner=member, route="D12", geom=line)


def markers_story() -> Story:
    word = partial(command, name="import_pr", member=MEMBER)
    whole, moved = [MADE / "pr/pr.csv"], [MADE / "pr/pr-deplaces.csv"]
    steps = [
        word("tried out", paths=whole, dry_run=True),
        word("done", paths=whole),
        word("the same again", paths=whole),
        word("others, all or nothing", paths=moved, strict=True),
        word("others", paths=moved),
        take_back(),
        take_back("taken back once more"),
    ]
    return Story("import_pr, lifelike", steps, root=DATA, before=a_road)


def assets_story() -> Story:
    word = partial(command, name="import_road_assets", member=MEMBER)
    whole, other = [MADE / "road_assets/panneaux.csv"], [MADE / "road_assets/panneaux-apres.csv"]
    steps = [
        word("tried out", paths=whole, dry_run=True),
        word("done", paths=whole, mapping="panneaux"),
        word("the same again", paths=whole, mapping="panneaux"),
        word("others", paths=other, mapping="panneaux"),
        take_back(),
        take_back("taken back once more"),
        command("of no member", "import_road_assets", whole, member="x"),
    ]
    return Story("import_road_assets, lifelike", steps, root=DATA, before=a_road)


def permits_story() -> Story:
    word = partial(command, name="import_permits", **PERMITS)
    whole, other = [MADE / "permits/registre.csv"], [MADE / "permits/registre-apres.csv"]
    steps = [
        word("tried out", paths=whole, dry_run=True),
        word("done", paths=whole),
        word("the same again", paths=whole),
        word("others, tried out", paths=other, dry_run=True),
        word("others", paths=other),
        command("by somebody who may not", "import_permits", whole, **PERMITS | {"user": "golden-network_technician"}),
    ]
    return Story("import_permits, lifelike", steps, root=DATA)


def contacts_story() -> Story:
    whole, less = MADE / "contacts/abonnes.csv", MADE / "contacts/abonnes-apres.csv"
    steps = [
        listed("checked", whole, do="check"),
        listed("done", whole),
        listed("the same again", whole),
        listed("with less", less),
        listed("no list", MADE / "contacts/sans-nom.csv"),
    ]
    return Story("contacts, lifelike", steps, root=DATA, before=rights_to_contacts)


def doors() -> list[Story]:
    """What is refused at the door, or held to a member's communes."""
    parcels = MADE / "etalab/parcelles.json"
    steps: list[Step] = [
        command("nothing there", "import_etalab", [MADE / "etalab/none.json"]),
        command("nothing of its kind", "import_edigeo", [MADE / "etalab"]),
        command("of no member", "import_etalab", [parcels], member="x"),
        command("of a member whose communes they are", "import_etalab", [parcels], member=MEMBER, date=None),
    ]
    elsewhere = {"45950": factories.square(side=4000)}
    other = [command("of a member whose communes they are not", "import_etalab", [parcels], member=MEMBER)]
    return [Story("doors", steps, root=DATA), Story("doors, elsewhere", other, elsewhere, root=DATA)]


def refused_rows() -> Story:
    return Story(
        "import_ban, refused rows",
        [command("done", "import_ban", [MADE / "ban/refuse"]), take_back()],
        root=DATA,
    )


LIFELIKE: Sequence[Story] = [
    lifelike("etalab", MADE / "etalab/parcelles.json", MADE / "etalab/parcelles-moins.json"),
    lifelike("edigeo", MADE / "edigeo/avant", MADE / "edigeo/apres"),
    lifelike("ban", MADE / "ban/avant", MADE / "ban/apres"),
    lifelike("communes", MADE / "communes/avant", MADE / "communes/apres"),
    lifelike("majic", MADE / "majic/avant", MADE / "majic/apres"),
    lifelike("plu", MADE / "plu/avant", MADE / "plu/apres"),
    lifelike("sup", MADE / "sup/avant", MADE / "sup/apres"),
    lifelike("risks", MADE / "risks/avant", MADE / "risks/apres"),
    lifelike("bdtopo", MADE / "bdtopo/avant", MADE / "bdtopo/apres", replacing={"replace": True}, member=MEMBER),
    layer_story(),
    network_story(),
    epanet_story(),
    raepa_story(),
    markers_story(),
    assets_story(),
    permits_story(),
    contacts_story(),
    *doors(),
    refused_rows(),
]
SINGLE = [
    *each("import_etalab", DATA, "etalab"),
    single("import_communes", DATA, "etalab/communes.json"),
    *each("import_permits", DATA, "permits", **PERMITS),
    *each("import_layer", DATA, "geojson", communes=AROUND, **LAYER),
]


STORIES = [*LIFELIKE, *SINGLE]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: kept.plain(story.name))
def test_an_import_says_and_writes_what_it_did(story: Story, tmp_path: Path, first_rows: None) -> None:
    kept.check("imports", story.name, told_of(story, tmp_path, rows.word_by_word))


def test_nothing_is_kept_of_an_import_that_is_gone() -> None:
    assert not kept.left_over("imports", (story.name for story in STORIES))
