"""The processings of the core, for the register: accounts, security, letters."""

from typing import Final

from gis_core.ownership.processings import Controller, Processing

PROCESSINGS: Final = (
    Processing(
        slug="accounts",
        title="Comptes et habilitations",
        controller=Controller.AGENCY,
        purposes="Faire entrer les agents des membres, avec les droits que leur rôle donne, et eux seuls.",
        basis="mission d'intérêt public (art. 6 § 1 e) : les compétences que les membres exercent avec la plateforme",
        people="agents et élus des membres et de l'agence, personnes invitées",
        models=(
            *("gis_core.User", "gis_core.Membership", "account.EmailAddress", "account.EmailConfirmation"),
            *("gis_core.User_groups", "gis_core.User_user_permissions", "gis_core.ApiToken", "gis_core.IdempotencyKey"),
            *("gis_core.Job", "mfa.Authenticator", "socialaccount.SocialAccount", "socialaccount.SocialToken"),
            *("usersessions.UserSession", "gis_core.FactorRecovery"),
        ),
        data="rôles et communes, langue, dernière connexion, filtres et vue de carte gardés, tâches, jetons ; sessions"
        " (adresse IP, navigateur) ; second facteur ; le mot de passe n'est gardé que haché",
        recipients="les administrateurs du membre et de l'agence ; la personne elle-même",
        measures="le secret d'un jeton n'est jamais gardé ; un mot de passe changé met fin aux jetons",
    ),
    Processing(
        slug="security",
        title="Journaux et historique",
        controller=Controller.AGENCY,
        purposes="Prouver qui a lu ou changé quoi, découvrir un abus, rétablir ce qui a été perdu, répondre à une"
        " personne qui demande ses données.",
        basis="obligation légale et mission d'intérêt public (art. 6 § 1 c et e ; art. 5 § 2 et art. 32)",
        people="agents des membres et de l'agence ; visiteurs dont l'adresse IP est notée à la connexion",
        models=(
            *("gis_core.HistoryEvent", "gis_core.RowHistory", "admin.LogEntry", "gis_core.SecurityEvent"),
            *("gis_core.SyslogPosition", "gis_core.RightsReview", "gis_core.ReviewedPerson"),
        ),
        data="adresse IP, heure et numéro de requête dans le journal de sécurité (un fichier par jour, et la base) ;"
        " rôles et réponses des revues des droits",
        recipients="les administrateurs de l'agence ; ceux des membres concernés pour les journaux de lecture",
    ),
    Processing(
        slug="letters",
        title="Courriers",
        controller=Controller.MEMBER,
        purposes="Écrire, numéroter et garder les courriers d'un dossier.",
        basis="obligation légale et mission d'intérêt public (art. 6 § 1 c et e), comme le dossier",
        people="destinataires, signataires",
        models=("gis_core.Letter", "gis_core.Letterhead"),
        data="le texte du courrier, libre",
        recipients="le destinataire ; les agents du membre ; les Archives départementales",
    ),
)
