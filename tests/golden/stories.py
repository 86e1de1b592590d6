"""What befalls imports, step by step: tried out, done, done again, with less, taken back. Each says and writes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from gis_core.errors import ArpentError
from gis_core.members.rights import Role
from gis_core.models import Member
from tests import factories
from tests.golden import rows
from tests.golden.texts import settled

MEMBER = "golden"
REPORTING = frozenset(
    f"import_{one}"
    for one in (
        "etalab",
        "edigeo",
        "ban",
        "communes",
        "majic",
        "plu",
        "sup",
        "risks",
        "layer",
        "permits",
        "bdtopo",
        "pr",
    )
)
PLACES = (
    (re.compile(r"\d+([.,]\d+)? s\b"), "… s"),
    (re.compile(r"/tmp/[-\w./]*?/(?=files\b|made\b|report\b)"), "…/"),
)


@dataclass
class Told:
    """What was said up to now, of which later steps take numbers."""

    folder: Path
    text: str = ""

    def latest(self, pattern: str) -> int:
        """The last number that was said so. Raises AssertionError."""
        found = re.findall(pattern, self.text)
        assert found, f"nobody said “{pattern}”:\n{self.text}"
        return int(found[-1])


type Act = Callable[[Told], str]


@dataclass(frozen=True)
class Step:
    label: str
    act: Act


@dataclass(frozen=True)
class Story:
    """Steps on a member's territory: communes by their code, each a square by the corner unless told otherwise."""

    name: str
    steps: Sequence[Step]
    communes: dict[str, MultiPolygon] = field(default_factory=lambda: {"45901": factories.square(side=4000)})
    root: Path = Path("/")
    before: Callable[[Member], None] = lambda _member: None


def told_of(story: Story, folder: Path, shown: rows.Shown) -> str:
    """Everything that a story says and writes."""
    member = factories.member(
        *(factories.commune(code, geom=geom) for code, geom in story.communes.items()), slug=MEMBER
    )
    for role in (Role.PERMIT_INSTRUCTOR, Role.NETWORK_TECHNICIAN):
        factories.user(member, role, username=f"golden-{role}")
    story.before(member)
    end_transaction()
    told = Told(folder)
    for step in story.steps:
        with transaction.atomic():
            since = rows.now()
            said = step.act(told).replace(str(story.root), "…")
            end_transaction()
            for pattern, stands in PLACES:
                said = pattern.sub(stands, said)
            told.text += f"=== {step.label}\n{settled(said)}{rows.changes(since, shown)}"
    return told.text


def end_transaction() -> None:
    """What the end of a transaction does, a story being one: what waits for it happens, temporary tables of importers
    and history's events are forgotten.
    """
    with factories.as_worker(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        cursor.execute(
            "select set_config('arpent.event_' || oid, '', true) from pg_class"
            " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
        cursor.execute(
            "select oid::regclass::text from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'"
            " and relowner = current_user::regrole"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"drop table {table}")


# -- steps ------------------------------------------------------------------------------------------------------------


def command(label: str, name: str, paths: Sequence[Path | Callable[[Told], Path]], **options: Any) -> Step:
    """A command on some files; a file or an option may be a function of what was said before."""

    def act(told: Told) -> str:
        given = {key: value(told) if callable(value) else value for key, value in options.items()}
        if name in REPORTING:
            given["report"] = told.folder / "report"
        return run(told, name, *(str(path(told) if callable(path) else path) for path in paths), **given)

    return Step(label, act)


def run(told: Told, name: str, *arguments: str, **options: Any) -> str:
    """What a command says, how it ends, and the report that it writes."""
    out, errors, ended = StringIO(), StringIO(), "0"
    report = told.folder / "report"
    report.unlink(missing_ok=True)
    with factories.as_worker():
        try:
            call_command(name, *arguments, stdout=out, stderr=errors, **options)
        except SystemExit as stopped:
            ended = str(stopped.code)
        except CommandError as error:
            ended = f"{error.returncode}: {error}"
        except ArpentError as error:
            ended = f"{type(error).__name__}: {error}"
    written = f"report:\n{report.read_text().strip()}\n" if report.is_file() else ""
    return f"{out.getvalue()}{errors.getvalue()}ends with {ended}\n{written}"


def take_back(label: str = "taken back") -> Step:
    """Undo the last import that said how it is taken back."""

    def act(told: Told) -> str:
        found = re.findall(r"(take_back_\w+) (\d+)", told.text)
        assert found, f"nothing says how it is taken back:\n{told.text}"
        name, number = found[-1]
        return run(told, name, number)

    return Step(label, act)


def accepted(told: Told) -> int:
    """The loss that was told last."""
    return told.latest(r"--accept-loss (\d+)")


# -- stories of one step ----------------------------------------------------------------------------------------------


def single(
    command_name: str,
    root: Path,
    *paths: str,
    communes: dict[str, MultiPolygon] | None = None,
    how: str = "",
    **given: Any,
) -> Story:
    """A command on some files below a folder, once."""
    step = command("done", command_name, [root / path for path in paths], **given)
    more = {"communes": communes} if communes else {}
    return Story(f"{command_name}-{paths[0]}{how}", [step], root=root, **more)


def each(name: str, root: Path, folder: str, pattern: str = "*", **given: Any) -> list[Story]:
    """One for each file of a folder."""
    found = sorted(path for path in (root / folder).glob(pattern) if path.is_file() and path.name != "README.md")
    return [single(name, root, str(path.relative_to(root)), **given) for path in found]
