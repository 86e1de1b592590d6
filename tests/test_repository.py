"""The architecture as tests: what the repository promises about its own files. Needs no database."""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
# A whole algorithm, and a table of data.
LONG_FILES = {"networks/water/importers/topology_building.py", "layers/planning/cnig.py"}
APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation", "demo", "benchmarks")
DOMAIN = re.compile(r"(^|/)(services(\.py|/)|importers/|reader/|models\.py$|rights\.py$|errors\.py$|(gis_core/)?sql/)")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
# Spelled in two parts: this file must not hold what it looks for.
REGISTRIES = ("pypi.o" + "rg", "pythonhosted.o" + "rg", "npmjs.o" + "rg", "yarnpkg.c" + "om", "proxy.golang.o" + "rg")
REGISTRY_OPTION = re.compile(r"(registry|index-url|index_url|UV_INDEX|UV_DEFAULT_INDEX)\s*[=:]\s*[\"']?https?://")
MACHINE_PATH = re.compile(r"(?<![\w.\-/<])/(work|root|home/\w+|Users/\w+)/\w")
INLINE_STYLE = re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE)
INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>|<[a-z][^>]*\son\w+\s*=", re.IGNORECASE
)


# Where the machine's own clock is meant: the age of files, and what is written also while the database is down.
MACHINE_CLOCK = {
    *(
        "gis_core/operations/night_backups.py",
        "gis_core/operations/logs.py",
        "gis_core/operations/security_journal.py",
        "gis_core/journal/keeping.py",
        "gis_core/jobs/task_process.py",
    ),
    *(
        "gis_core/jobs/files.py",
        "gis_core/ownership/private_files.py",
        "layers/intake/tasks.py",
        "layers/planning/services/files.py",
    ),
    *("networks/notifications/services/retention.py", "orthophoto/tasks.py"),
    *("gis_core/desk/documents.py", "gis_core/files/erasing.py", "benchmarks/campaigns.py"),
    # allauth notes by the process's clock when somebody said who they are.
    "gis_core/accounts/factor/dangerous.py",
    # No year of a file is later than the next one.
    "layers/intake/cells.py",
}


@cache
def tracked() -> list[Path]:
    """Files that git knows, or would take: all but the ignored ones."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listing.returncode:
        pytest.skip("this is not a git clone")
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def texts() -> list[tuple[str, str]]:
    """Name and content of every text file, test data and licences apart."""
    ours = [path for path in tracked() if "LICENSE" not in path.name and not name_of(path).startswith("tests/data/")]
    contents = [(name_of(path), path.read_bytes()) for path in ours]
    return [(name, content.decode(errors="replace")) for name, content in contents if b"\0" not in content]


def modules(*, product: bool = True) -> Iterator[tuple[str, ast.Module]]:
    """Name and syntax tree of every Python file of the apps (migrations apart), of the tests too on request."""
    for path in tracked():
        name = name_of(path)
        ours = name.startswith(tuple(f"{app}/" for app in APPS)) or not product
        if name.endswith(".py") and ours and "/migrations/" not in name:
            yield name, parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@cache
def nodes_of(tree: ast.Module) -> list[ast.AST]:
    """All nodes of a file, the outer ones first: ten tests go through them."""
    return list(ast.walk(tree))


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    """Calls of functions or methods with one of these names."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in names:
                yield node


def is_glued(node: ast.AST) -> bool:
    """Whether an expression makes text from values: an f-string with values, `%`, `+` with a name, `.format`."""
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
            return True
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return not (is_text(left) and is_text(right))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
    return False


def is_text(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str()):
            return True
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return is_text(left) and is_text(right)
    return False


def test_the_domain_knows_no_http() -> None:
    """Services, models, importers, rights and errors can be called from a command or a job."""
    offenders = [
        f"{name}: {module}"
        for name, tree in modules()
        if DOMAIN.search(name) and "/api/" not in name
        for module in imported(tree)
        if re.match(r"(django\.http|django\.shortcuts|django\.views|rest_framework|drf_spectacular)(\.|$)", module)
    ]
    assert offenders == []


def test_rest_framework_stays_at_the_edge() -> None:
    edge = re.compile(r"/api/|^gis_core/http/problem\.py$")
    offenders = [
        name
        for name, tree in modules()
        if not edge.search(name) and any(module.split(".")[0] == "rest_framework" for module in imported(tree))
    ]
    assert offenders == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    names = [name_of(path) for path in tracked()]
    assert [name for name in names if VAGUE_NAMES & {part.split(".")[0].lower() for part in name.split("/")}] == []


def test_each_app_says_what_it_stores_and_where_to_begin() -> None:
    apps = [path.parent for path in tracked() if path.name == "manifest.py" and name_of(path).startswith(APPS)]
    assert len(apps) >= 18
    assert [name_of(app) for app in apps if not ast.get_docstring(parsed(app / "__init__.py"))] == []


def test_no_file_names_a_package_registry() -> None:
    offenders = [
        name
        for name, text in texts()
        if any(f"//{host}" in text or f".{host}" in text for host in REGISTRIES) or REGISTRY_OPTION.search(text)
    ]
    assert offenders == []


def test_no_file_names_a_path_of_one_machine() -> None:
    offenders = [f"{name}: {found[0]}" for name, text in texts() if (found := MACHINE_PATH.search(text))]
    assert offenders == []


@pytest.mark.parametrize("forbidden", [INLINE_STYLE, INLINE_SCRIPT], ids=["style", "script"])
def test_no_template_needs_unsafe_inline(forbidden: re.Pattern[str]) -> None:
    """The content security policy refuses inline styles, scripts and event handlers (mails have no other styles)."""
    offenders = [
        f"{name}: {found[0]}"
        for name, text in texts()
        if name.endswith((".html", ".svg")) and "/mail/" not in name and (found := forbidden.search(text))
    ]
    assert offenders == []


def test_every_transformer_takes_x_before_y() -> None:
    offenders = [
        f"{name}:{call.lineno}"
        for name, tree in modules(product=False)
        for call in calls(tree, "from_crs", "from_proj")
        if not any(
            keyword.arg == "always_xy" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            for keyword in call.keywords
        )
        and isinstance(call.func, ast.Attribute)
        and getattr(call.func.value, "id", getattr(call.func.value, "attr", "")) == "Transformer"
    ]
    assert offenders == []


def test_no_value_is_glued_into_sql() -> None:
    """Identifiers go in by psycopg.sql.Identifier, values as parameters."""
    offenders = [
        f"{name}:{call.lineno}"
        for name, tree in modules()
        for call in calls(tree, "execute", "executemany", "raw", "RawSQL", "copy")
        if any(is_glued(argument) for argument in call.args[:1])
    ]
    assert offenders == []


def test_no_function_is_long() -> None:
    offenders = [
        f"{name}:{node.lineno} {node.name}: {length} lines"
        for name, tree in modules()
        for node in nodes_of(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert offenders == []


def test_no_file_is_longer_than_one_reads() -> None:
    # Written by a program: migrations, the types of the API.
    apart = re.compile(r"^tests/|/migrations/|\.d\.ts$")
    ours = [one for one in tracked() if one.suffix in {".py", ".ts", ".js", ".css", ".html", ".sql"}]
    lengths = {name_of(one): one.read_text().count("\n") for one in ours if not apart.search(name_of(one))}
    assert {name for name, length in lengths.items() if length > LONGEST_FILE} == LONG_FILES


def test_every_test_asserts_something() -> None:
    """By an assertion, by what it expects to be raised, or by a function that checks."""
    offenders = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules(product=False)
        if name.startswith("tests/")
        for node in nodes_of(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not checks_something(node)
    ]
    assert offenders == []


def checks_something(test: ast.FunctionDef) -> bool:
    called = {
        getattr(call.func, "attr", getattr(call.func, "id", ""))
        for call in ast.walk(test)
        if isinstance(call, ast.Call)
    }
    checking = re.compile(r"raises|warns|fail|assert|check|expect|refuse|wait_for|^until$")
    return any(isinstance(node, ast.Assert) for node in ast.walk(test)) or any(map(checking.search, called))


def test_every_colour_and_size_that_a_style_uses_is_defined() -> None:
    styles = {name: content for name, content in texts() if name.endswith(".css")}
    defined = {name: set(re.findall(r"(--[\w-]+)\s*:", content)) for name, content in styles.items()}
    tokens = defined["gis_core/static/gis_core/tokens.css"]
    shared = {
        True: tokens.union(*(found for name, found in defined.items() if name.startswith("webmap/"))),
        False: tokens | defined["gis_core/static/gis_core/pages.css"],
    }
    script = "".join(content for name, content in texts() if name.endswith((".ts", ".js")))
    by_script = set(re.findall(r"setProperty\(\"(--[\w-]+)", script))
    wrong = {
        name: unknown
        for name, content in styles.items()
        if (unknown := set(re.findall(r"var\((--[\w-]+)\s*\)", content))
            - shared[name.startswith("webmap/")] - defined[name] - by_script)
    }  # fmt: skip
    assert not wrong


POST_FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
WITHOUT_KEY = {
    # Signing in and out, one's password, the language: nothing is created.
    "gis_core/templates/base.html": 1,
    "gis_core/templates/account/account.html": 4,
    "gis_core/templates/journal/officers.html": 1,
    "gis_core/templates/tokens/program.html": 2,
    "gis_core/templates/tokens/table.html": 1,
    "gis_core/templates/account/login.html": 1,
    "gis_core/templates/account/key_sign_in.html": 1,
    # Joined twice is joined once; a second link is as good as the first.
    "gis_core/templates/account/directory.html": 1,
    "gis_core/templates/account/join.html": 2,
    "gis_core/templates/membres/directory.html": 5,
    # Tried, switched, changed, taken away: the same twice is the same.
    "gis_core/templates/account/method.html": 3,
    "gis_core/templates/account/access_rules.html": 1,
    "gis_core/templates/account/methods.html": 1,
    "gis_core/templates/account/sign_in_again.html": 1,
    "gis_core/templates/account/logout.html": 1,
    "gis_core/templates/account/password_change.html": 1,
    "gis_core/templates/account/password_reset.html": 1,
    "gis_core/templates/account/password_reset_from_key.html": 1,
    "gis_core/templates/account/password_set.html": 1,
    # A second factor is there or not, whatever is sent twice.
    "gis_core/templates/mfa/by_role.html": 1,
    "gis_core/templates/mfa/confirm.html": 3,
    "gis_core/templates/mfa/index.html": 2,
    "gis_core/templates/mfa/key_form.html": 1,
    "gis_core/templates/mfa/of_member.html": 1,
    "gis_core/templates/mfa/recover.html": 2,
    "gis_core/templates/mfa/recovery_codes/generate.html": 1,
    "gis_core/templates/mfa/second_step.html": 1,
    "gis_core/templates/mfa/stop_by_link.html": 1,
    "gis_core/templates/mfa/totp/activate_form.html": 1,
    "gis_core/templates/mfa/totp/deactivate_form.html": 1,
    "gis_core/templates/mfa/webauthn/authenticator_confirm_delete.html": 1,
    "gis_core/templates/mfa/webauthn/edit_form.html": 1,
    # What was posted too late, with the key that it had.
    "gis_core/templates/resend.html": 1,
    # Forms of what exists: `gis_core.desk.edit_forms` compares them; beside them what removes it, which is done once.
    "gis_core/templates/form_conflict.html": 1,
    "gis_core/templates/letters/letterhead.html": 1,
    "gis_core/templates/letters/template.html": 1,
    "gis_core/templates/membres/person.html": 5,
    "layers/external/templates/external/external.html": 2,
    "layers/owners/templates/owners/access.html": 1,
    "layers/settings/templates/layer_settings/description.html": 2,
    "networks/notifications/templates/notifications/contact.html": 3,
    "networks/notifications/templates/notifications/settings.html": 1,
    "networks/water/templates/water/node_settings.html": 1,
    "layers/intake/templates/intake/refresh.html": 3,
    "networks/roadworks/templates/roadworks/order_letter.html": 1,
    "orthophoto/templates/orthophoto/describe.html": 1,
    "permits/templates/permits/applicant.html": 1,
    "permits/templates/permits/change.html": 1,
    "permits/templates/permits/consultations.html": 2,
    "permits/templates/permits/permit_letter.html": 1,
    "permits/templates/permits/figures.html": 1,
    "permits/templates/permits/settings.html": 1,
    # Rules replace those of their zone: sent twice they are the same.
    "simulation/templates/simulation/rule_document.html": 1,
    "simulation/templates/simulation/rule_zone.html": 1,
    "permits/templates/permits/team.html": 2,
    # The whole of a layer's fields, rules or style: refused where its tag is not that of what is saved.
    "layers/settings/templates/layer_settings/fields.html": 2,
    "layers/settings/templates/layer_settings/style.html": 1,
    "layers/settings/templates/layer_settings/numbering.html": 1,
    # Sent twice, nothing is left to number.
    "layers/settings/templates/layer_settings/number_missing.html": 1,
    # What an import, a notice, a campaign or a request does next: its state or its version refuses a second time.
    "layers/intake/templates/intake/delivery.html": 1,
    "layers/intake/templates/intake/columns.html": 1,
    "layers/intake/templates/intake/file_import.html": 2,
    "layers/intake/templates/intake/import.html": 2,
    "layers/intake/templates/intake/layer.html": 1,
    "layers/intake/templates/intake/report.html": 2,
    "layers/intake/templates/intake/take_back.html": 1,
    "layers/intake/templates/intake/taking_back.html": 1,
    "layers/intake/templates/intake/feature_choices.html": 1,
    "networks/roads/templates/roads/import_choices.html": 1,
    "networks/roads/templates/roads/import_plan.html": 1,
    "networks/notifications/templates/notifications/notice.html": 2,
    "networks/notifications/templates/notifications/standing.html": 1,
    "networks/water/templates/water/import_done.html": 1,
    "networks/water/templates/water/import_mapping.html": 1,
    "networks/water/templates/water/import_place.html": 1,
    "networks/water/templates/water/import_plan.html": 1,
    "networks/water/templates/water/outage_end.html": 1,
    "networks/roadworks/templates/roadworks/request.html": 12,
    "networks/roadworks/templates/roadworks/work.html": 2,
    "orthophoto/templates/orthophoto/campaign.html": 4,
    # Taken away, struck out, switched on or off: the same twice is the same.
    "layers/external/templates/external/externals.html": 1,
    "layers/settings/templates/layer_settings/delete.html": 1,
    "layers/settings/templates/layer_settings/layers.html": 1,
    "networks/notifications/templates/notifications/stop.html": 1,
    "networks/roadworks/templates/roadworks/detour.html": 1,
    "orthophoto/templates/orthophoto/delete.html": 1,
    "permits/templates/permits/pieces.html": 3,
    "permits/templates/permits/signature_proposal.html": 2,
    "gis_core/templates/job_stop.html": 1,
    "gis_core/templates/desk/removed_documents.html": 1,
    "gis_core/templates/desk/strike.html": 1,
    # A filter of one name is kept once.
    "gis_core/templates/desk/saved_filters.html": 2,
    "permits/templates/permits/reminders.html": 3,
    "permits/templates/permits/strike.html": 1,
    # Searches, and answers that are shown or saved as a file: each is a reading of its own in a journal.
    "layers/owners/templates/owners/consultation.html": 1,
    "layers/owners/templates/owners/search.html": 1,
    "layers/owners/templates/owners/third_party.html": 1,
    "networks/notifications/templates/notifications/contacts.html": 2,
    "permits/templates/permits/applicants.html": 1,
    # Nobody is signed in: a second answer by a link is refused, a second code is sent after a minute.
    "permits/templates/permits/answer.html": 3,
    # What ends a session, closes a review or keeps an answer is the same done twice.
    "gis_core/templates/account/session_table.html": 1,
    "gis_core/templates/account/sessions.html": 1,
    "gis_core/templates/membres/reviews.html": 1,
    "gis_core/templates/membres/handover.html": 1,
    "gis_core/templates/membres/review.html": 1,
    "gis_core/templates/membres/review_closing.html": 1,
    # It says what would change: the next page has the key of what is ordered.
    "permits/templates/permits/choosing.html": 1,
    "gis_core/templates/membres/list.html": 1,
}
"""How many forms of a template have no `{% form_key %}`; every other one records once what it creates."""


def test_every_form_that_creates_has_a_key() -> None:
    found = {name: POST_FORM.findall(text) for name, text in texts() if name.endswith(".html")}
    without = {name: sum("{% form_key %}" not in form for form in forms) for name, forms in found.items()}
    assert {name: count for name, count in without.items() if count} == WITHOUT_KEY


def machine_clock_calls(tree: ast.Module) -> Iterator[str]:
    """What reads the clock of the process, and fields that Django fills by it."""
    for node in nodes_of(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="timezone"), attr="now"):
                yield "timezone.now"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="timezone"), attr="localdate" | "localtime"), args=[]):
                yield "timezone.localdate"
            case ast.Attribute(value=ast.Name(id="date" | "datetime"), attr="today" | "now" | "utcnow"):
                yield "datetime.now"
            case ast.Attribute(value=ast.Name(id="time"), attr="time"):
                yield "time.time"
            case ast.keyword(arg="auto_now" | "auto_now_add"):
                yield str(node.arg)


def test_instants_and_days_come_from_the_databases_clock() -> None:
    """`gis_core.database.clock` gives them; `time.monotonic` measures how long something takes."""
    wrong = [
        f"{name}: {call}"
        for name, tree in modules()
        if name not in MACHINE_CLOCK and not name.startswith("gis_core/operations/")
        for call in machine_clock_calls(tree)
    ]
    assert wrong == []


def test_sql_names_the_time_zone_of_its_days() -> None:
    """`current_date`, and a day made of an instant without naming Paris, are days in the session's time zone: UTC."""
    wrong = [
        name
        for name, content in texts()
        if name.endswith((".sql", ".py")) and name.startswith(tuple(f"{app}/" for app in APPS))
        if re.search(r"\bcurrent_date\b(?!\")|\b(now|clock_timestamp|statement_timestamp)\(\)::date", content)
    ]
    assert wrong == []


def calls_on_import(node: ast.AST) -> Iterator[ast.Call]:
    """What a module calls while it is read: bodies of functions come later, their decorators and defaults do not."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            given = child.args.defaults + [one for one in child.args.kw_defaults if one]
            first = [*getattr(child, "decorator_list", []), *given]
            yield from (one for part in first for one in ast.walk(part) if isinstance(one, ast.Call))
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from calls_on_import(child)


def test_no_module_keeps_the_instant_of_its_import() -> None:
    """A run that passes midnight would compare it with another day."""
    clocks = {"now", "today", "this_day", "localdate", "localtime"}
    wrong = [
        f"{name}:{call.lineno}"
        for name, tree in modules(product=False)
        for call in calls_on_import(tree)
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in clocks
    ]
    assert wrong == []


WRITERS = {
    "csv.writer(": "gis_core/files/writing/csvtext.py",
    "xlsxwriter.Workbook(": "gis_core/files/writing/workbook.py",
    "opendocument.spreadsheet": "gis_core/files/writing/opendocument.py",
    "pyogrio.write": "gis_core/files/writing/arrow.py",
    '"Content-Disposition"': "gis_core/http/files.py",
}


@pytest.mark.parametrize("words", WRITERS)
def test_each_format_is_written_in_one_place(words: str) -> None:
    assert {name for name, text in texts() if is_product(name) and words in text} == {WRITERS[words]}


def is_product(name: str) -> bool:
    return name.endswith(".py") and name.split("/")[0] in APPS[:6]


SIGNING = (
    ("gis_core", "accounts/devices.py"),
    ("gis_core", "accounts/session.py"),
    ("gis_core", "desk/resending.py"),
    ("networks", "notifications/services/sending.py"),
)
SALTS = ("arpent.device", "gis_core.resending", "gis_core.session", "gis_core.session.rights", "networks.warning.stop")


def test_what_links_and_cookies_are_signed_with_never_changes() -> None:
    """Links of e-mails that were sent, forms that wait and known devices bear it, wherever its module lies."""
    texts = "\n".join((ROOT / app).joinpath(file).read_text() for app, file in SIGNING)
    assert [salt for salt in SALTS if f'"{salt}"' not in texts] == []


LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
ANSWERED_ELSEWHERE = re.compile(r"[a-z]+:|//|#|/")


def test_links_between_pages_lead_somewhere() -> None:
    """To files and pictures of the repository; addresses elsewhere are not asked."""
    wrong = [
        f"{name}: {link}"
        for name, text in texts()
        if name.endswith(".md")
        for link in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        if not ANSWERED_ELSEWHERE.match(link) and not (ROOT / name).parent.joinpath(link.partition("#")[0]).exists()
    ]
    assert wrong == []


@pytest.mark.parametrize("page", ["CHANGELOG.md", "UPGRADING.md", "CONTRIBUTING.md", "SECURITY.md", "docs/README.md"])
def test_the_first_page_leads_to_the_others(page: str) -> None:
    reached = "".join((ROOT / name).read_text() for name in ("README.md", "UPGRADING.md"))
    assert f"]({page})" in reached


def test_the_version_is_said_in_one_place() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    packages = [json.loads((ROOT / "webmap" / name).read_text()) for name in ("package.json", "package-lock.json")]
    assert [package["name"] for package in packages if "version" in package] == []
    # How far back backups are read may be this very version.
    elsewhere = {name for name, tree in modules() if version in constants(tree)}
    assert elsewhere - {"gis_core/operations/versions.py"} == set()
    assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text()


def constants(tree: ast.Module) -> set[str]:
    return {node.value for node in nodes_of(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_numbers_of_rows_are_written_plain_in_attributes() -> None:
    """`{{ one.pk }}` is “1 531” in French: an anchor that leads nowhere, a form that is refused."""
    tag = re.compile(r"""[\w-]+="(?:[^"{]|\{%[^%]*%\}|\{\{[^}]*\}\}|\{)*\{\{ ?(?:[a-z_]+\.)*(?:pk|version) ?\}\}""")
    templates = [path for app in APPS for path in (ROOT / app).rglob("templates/**/*.html")]
    assert templates
    sentence = re.compile(r"\{% blocktrans.*?endblocktrans %\}", re.DOTALL)
    wrong = [path for path in templates if tag.search(sentence.sub("", path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in wrong] == []
