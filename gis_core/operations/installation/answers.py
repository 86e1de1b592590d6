"""What the installation has to know: five questions, or a file with a line `NAME=value` for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from gis_core.operations import configuration
from gis_core.operations.configuration import Setting, address, folder, number
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say

OWN, LOCAL, ACME, NONE = "own", "local", "acme", "none"
USUAL_DATA = Path("/var/lib/arpent")


def https(value: str) -> str:
    """An https address without a path: where the site is reached."""
    parts = urlsplit(value)
    good = not address("https")(value) and parts.hostname and parts.path in ("", "/") and not parts.query
    return "" if good and "@" not in value else "l’adresse entière du site est attendue : https://sig.exemple.fr"


def mailbox(value: str) -> str:
    name, at, host = value.partition("@")
    good = name and at and "." in host and not any(sign.isspace() for sign in value)
    return "" if good else "une adresse électronique est attendue : prenom.nom@exemple.fr"


def data_folder(value: str) -> str:
    path = Path(value)
    reserved = len(path.parts) < 3 or path.parts[1] in {"etc", "usr", "proc", "sys", "dev", "run", "tmp", "root"}
    # It stands in units, in nginx's configuration and in a shell's.
    plain = all(sign.isalnum() or sign in "/._-+@" for sign in value)
    if not path.is_absolute() or ".." in path.parts or not plain:
        return "le chemin entier d’un dossier est attendu, sans espace ni autre signe : /var/lib/arpent"
    return "un dossier à lui est attendu, ailleurs que dans le système : /var/lib/arpent" if reserved else ""


def database(value: str) -> str:
    if value == OWN:
        return ""
    parts = urlsplit(value)
    good = not address("postgresql", "postgres")(value) and len(parts.path) > 1 and not parts.password
    return "" if good else f"{OWN}, ou postgresql://serveur:5432/base (sans mot de passe) est attendu"


def mail(value: str) -> str:
    return "" if value == NONE else address("smtp", "smtps")(value) or ("" if value else "smtp://… est attendu")


def certificate(value: str) -> str:
    return "" if value in {LOCAL, ACME} or Path(value).is_absolute() else f"{LOCAL}, {ACME} ou un fichier est attendu"


@dataclass(frozen=True)
class Question:
    """What is asked on the terminal, how an answer is checked, and what an empty one means."""

    text: str
    check: Callable[[str], str]
    usual: str = ""
    wanted: Callable[[Mapping[str, str]], bool] = lambda _known: True


QUESTIONS = {
    "ARPENT_SITE_URL": Question("1. Adresse du site (https://sig.exemple.fr)", https),
    "ADMINISTRATOR_EMAIL": Question("   Adresse électronique du premier administrateur", mailbox),
    "ARPENT_DATA": Question("2. Dossier des données", data_folder, str(USUAL_DATA)),
    "DATABASE": Question(f"3. PostgreSQL : {OWN} (le sien), ou postgresql://serveur:5432/base", database, OWN),
    "DATABASE_PASSWORDS": Question(
        "   Fichier des mots de passe qu’a fait ./arpent database-script", folder, "", lambda a: a["DATABASE"] != OWN
    ),
    "ARPENT_EMAIL_URL": Question(f"4. Courriel : smtps://utilisateur:motdepasse@serveur, ou {NONE}", mail, NONE),
    "ARPENT_EMAIL_FROM": Question("   Expéditeur des messages", mailbox, "", lambda a: a["ARPENT_EMAIL_URL"] != NONE),
    "CERTIFICATE": Question(f"5. Certificat : un fichier, {ACME}, ou {LOCAL} (autorité locale)", certificate, LOCAL),
    "CERTIFICATE_KEY": Question(
        "   Fichier de la clé du certificat", folder, "", lambda a: a["CERTIFICATE"] not in {LOCAL, ACME}
    ),
}
# Said in a file only.
MORE = {
    "HTTP_PORT": Setting(number(0, 65_535)),
    "ARPENT_BIND": Setting(),
    "ARPENT_BACKUP_AT": Setting(configuration.hour),
}
USUAL_MORE = {"HTTP_PORT": "80", "ARPENT_BIND": "", "ARPENT_BACKUP_AT": "01:30"}
KNOWN = {name: Setting(question.check) for name, question in QUESTIONS.items()} | MORE
MAIL_SERVER = "ARPENT_EMAIL_URL"


@dataclass(frozen=True)
class Answers:
    """Checked answers, by their names in a file."""

    values: Mapping[str, str]

    @property
    def site(self) -> SplitResult:
        return urlsplit(self.values["ARPENT_SITE_URL"])

    @property
    def host(self) -> str:
        return self.site.hostname or ""

    @property
    def https_port(self) -> int:
        return self.site.port or 443

    @property
    def http_port(self) -> int:
        """What leads to https; 0 where nothing does."""
        return int(self.values["HTTP_PORT"])

    @property
    def data(self) -> Path:
        return Path(self.values["ARPENT_DATA"])

    @property
    def dsn(self) -> SplitResult | None:
        """The outside database; None where Arpent has a PostgreSQL of its own."""
        given = self.values["DATABASE"]
        return None if given == OWN else urlsplit(given)

    @property
    def mail(self) -> str:
        return "" if self.values["ARPENT_EMAIL_URL"] == NONE else self.values["ARPENT_EMAIL_URL"]

    def as_file(self, *, without_secrets: bool = False) -> str:
        """What can be read again."""
        masked = {MAIL_SERVER: "(secret)"} if without_secrets and self.mail else {}
        return "# Réponses de ./arpent install ; relancez-la pour appliquer un changement.\n" + "".join(
            f"{name}={value}\n" for name, value in {**self.values, **masked}.items() if value or name in MORE
        )


def read_answers(path: Path) -> Answers:
    """The answers of a file. Raises OperationFailedError with every fault at once, each with its line."""
    if not path.is_file():
        raise OperationFailedError(f"Le fichier de réponses {path} n’existe pas : donnez son chemin à --answers.")
    given, faults = configuration.read(path.resolve())
    faults += [fault for name, (value, at) in given.items() if (fault := configuration.fault(name, value, at, KNOWN))]
    values = complete({name: value for name, (value, _where) in given.items()})
    faults += [f"{path} : {name} manque ({one.text.strip()})." for name, one in missing(values).items()]
    if faults:
        raise OperationFailedError(
            "Réponses à corriger, rien n’a été changé :\n" + "\n".join(f"  {one}" for one in dict.fromkeys(faults))
        )
    return Answers(values)


def complete(values: dict[str, str]) -> dict[str, str]:
    """With what is usual for what was not said, in the order of the questions."""
    usual = {name: one.usual for name, one in QUESTIONS.items()} | USUAL_MORE
    return {
        name: values.get(name, "").strip() or ("" if name in values and name in MORE else usual[name]) for name in usual
    }


def missing(values: Mapping[str, str]) -> dict[str, Question]:
    return {name: one for name, one in QUESTIONS.items() if not values[name] and one.wanted(values)}


def ask(read: Callable[[str], str] = input) -> Answers:
    """The questions on a terminal, each again until its answer is good. Raises OperationFailedError at its end."""
    values: dict[str, str] = {}
    for name, question in QUESTIONS.items():
        if not question.wanted(values):
            continue
        while name not in values:
            usual = f" [{question.usual}]" if question.usual else ""
            try:
                value = read(f"{question.text}{usual} : ").strip() or question.usual
            except EOFError as error:
                raise OperationFailedError(
                    "Pas de terminal pour répondre : donnez les réponses dans un fichier, --answers FICHIER."
                ) from error
            reason = question.check(value) if value else "une réponse est attendue"
            if reason:
                say(f"   {reason}.")
            else:
                values[name] = value
    return Answers(complete(values))
