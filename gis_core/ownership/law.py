"""The texts by which something is kept, in French as reports say them; durations only where a text has one."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.declarations import Basis

VISA: Final = (
    "Toute élimination d’archives publiques est interdite sans le visa de la personne chargée du contrôle scientifique"
    " et technique de l’État sur les archives (Code du patrimoine, R. 212-14 ; L. 212-2)."
)
AGREED: Final = (
    "la durée d’utilité administrative du tableau de gestion convenu avec les Archives départementales, saisie à la"
    " main avec sa source (aucun texte ne la fixe pour toutes les collectivités)"
)


def agreed() -> str:
    """The same as a reader of the register reads it, in their language."""
    return str(
        _(
            "the time for which public archives are useful to the administration, by the tableau de gestion agreed"
            " with the Archives départementales, entered by hand with its source (no text sets it for all authorities)"
        )
    )


ARCHIVES: Final = Basis(
    "Code du patrimoine, L. 211-4, L. 212-2, L. 212-3 et R. 212-14 ; RGPD, art. 17 § 3 b et d",
    "Archives publiques : ni effacées ni changées à la demande d’une personne ; le tri est convenu entre qui les a"
    " produites et l’administration des archives, et rien n’est éliminé sans visa.",
    AGREED,
)
APPLICATIONS: Final = Basis(
    "Code du patrimoine, L. 212-2, L. 212-3 et R. 212-14 ; instruction DGP/SIAF/2014/006 ; RGPD, art. 17 § 3 b et d",
    "Dossier d’urbanisme : archive publique, que la commune conserve ; le demandeur est oublié par la plateforme après"
    " la fin du dossier.",
    "le nombre d’années après la fin du dossier que le membre a réglé (dix s’il n’a rien réglé : choix de la"
    " plateforme, pas un texte), puis oubli chaque nuit ; les pièces : " + AGREED,
)
SIGNED: Final = Basis(
    "Code des relations entre le public et l’administration, L. 212-1 ; Code du patrimoine, L. 212-2",
    "Un acte porte le prénom, le nom et la qualité de son auteur : la personne a signé en cette qualité.",
    "celle de l’acte : " + AGREED,
)
TRACES: Final = Basis(
    "RGPD, art. 5 § 2, art. 17 § 3 b et e, et art. 32",
    "Journal de qui a lu ou changé quoi : preuve de la sécurité du traitement, que nul ne peut changer.",
    "aucun texte n’en donne une : celle que l’agence a décidée pour ses journaux",
)
OBJECTION: Final = Basis(
    "RGPD, art. 21 et art. 17 § 3 b",
    "Le refus d’être prévenu : sans lui, la personne serait prévenue de nouveau au prochain import.",
    "tant que le membre prévient ses abonnés ; il part avec le membre",
)
TAX: Final = Basis(
    "Livre des procédures fiscales, L. 107 A et R* 107 A-3 ; RGPD, art. 17 § 3 b",
    "Copie de la matrice cadastrale, dont la DGFiP est la source : une erreur se corrige auprès du service des impôts"
    " fonciers, et la livraison suivante remplace celle-ci.",
    "le millésime chargé et le précédent",
)
THIRD_PARTIES: Final = Basis(
    "Livre des procédures fiscales, R* 107 A-3",
    "Demandes de renseignements de tiers : leur nombre par semaine et par mois est limité, il faut les compter.",
    "62 jours (le mois civil en cours et le précédent, que le texte fait compter), puis oubli chaque nuit",
)
WARNED: Final = Basis(
    "RGPD, art. 17 § 3 b et e",
    "Preuve qu’un avis de coupure est parti : de quoi répondre d’un avis non reçu.",
    "le nombre de mois que le membre a réglé, puis oubli chaque nuit",
)
