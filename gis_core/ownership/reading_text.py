"""The French text that comes with the export of a member: what is where, and how to check it."""

from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from gis_core.long_dates import format_long_date

README = """{name} : tout ce qui est à vous dans Arpent
{rule}

Fait le {made_at}, par Arpent {arpent}. SIREN {siren}.

Ce que contient cette archive
-----------------------------
donnees.gpkg             les objets géographiques, avec le style des couches : s'ouvre dans QGIS (EPSG:2154)
donnees/*.jsonl          toutes les lignes de chaque table, une par ligne, en JSON (géométries en GeoJSON, EPSG:2154)
tableurs/*.csv           les mêmes, pour un tableur, quand elles n'ont pas de géométrie (UTF-8, points-virgules)
documents/               pièces, photos, courriers, arrêtés et logos, tels qu'ils sont conservés
historique/*.jsonl       ce qui a été changé ou supprimé : la ligne d'avant, quand, par quel compte
personnes-et-droits.json les personnes et leurs rôles (ni mot de passe, ni jeton)
photos-et-altitudes.csv  {heavy}
manifeste.json           le nombre de lignes de chaque table, la taille et le SHA-256 de chaque fichier

{tables} tables, {rows} lignes, {documents} documents, {history} lignes d'historique.
{missing}
Ce qui n'y est pas
------------------
Le cadastre, les adresses, les documents d'urbanisme et les propriétaires : ce sont des données de référence, dont la
source (DGFiP, IGN, Géoportail de l'urbanisme) est publique ou vous est livrée. Les journaux de lecture, qui parlent
aussi des autres membres. Le journal de sécurité de la plateforme.

Vérifier
--------
manifeste.json donne le SHA-256 de chaque fichier. Sous Linux : sha256sum FICHIER ; sous Windows : Get-FileHash FICHIER.
"""


def instant_text(iso: str) -> str:
    """An instant of a manifest (ISO) in French, by the clock of Paris: « 1er décembre 2026 à 00:30 »."""
    instant = timezone.localtime(datetime.fromisoformat(iso), timezone.get_default_timezone())
    with translation.override("fr"):
        return f"{format_long_date(instant)} à {instant:%H:%M}"


def readme(manifest: dict[str, Any]) -> str:
    """The text, with the counts of the manifest."""
    member, missing = manifest["member"], manifest["missing_documents"]
    listing = "".join(f"  - {name}\n" for name in missing)
    changed = "".join(f"  - {one['path']}\n" for one in manifest["documents"] if not one["same"])
    heavy = manifest["heavy_files"]
    return README.format(
        name=member["name"],
        rule="=" * (len(member["name"]) + 38),
        siren=member["siren"],
        made_at=instant_text(manifest["made_at"]),
        arpent=manifest["arpent"],
        heavy=(
            "(absent : ces fichiers sont dans documents/, ou il n'y en a pas)"
            if heavy["included"] or not heavy["count"]
            else f"la liste de {heavy['count']} photos et altitudes, avec leur SHA-256 : elles se copient à part"
        ),
        tables=len(manifest["tables"]),
        rows=sum(one["rows"] for one in manifest["tables"]),
        documents=len(manifest["documents"]),
        history=sum(one["rows"] for one in manifest["history"]),
        missing=(f"\nAttention, ces documents manquent sur le disque :\n{listing}" if missing else "")
        + (f"\nAttention, le SHA-256 de ces documents n'est pas celui de leur ligne :\n{changed}" if changed else ""),
    )
