"""The columns of lists of contacts, by their usual names in other tools."""

from django.utils.translation import gettext_lazy as _

from layers.intake.table import Field, TableFields, TableLimits

CONTACTS = TableFields(
    label=_("List"),
    limits=TableLimits(file_bytes=20 * 1_048_576, rows=100_000, columns=100),
    one_of=("mobile", "phone", "email"),
    fields=(
        Field(name="reference", label=_("reference"), private=True, headers=(
            "reference", "numero abonne", "n abonne", "abonne", "code abonne", "identifiant", "id",
            "code client", "numero client", "n client", "numero contrat", "n contrat", "contrat",
        )),
        Field(name="name", label=_("name"), private=True, required=True, headers=(
            "nom", "nom complet", "nom prenom", "nom abonne", "raison sociale", "usager", "titulaire",
            "contact", "nom et prenom", "denomination", "client", "name",
        )),
        Field(name="first_name", label=_("first name"), private=True, headers=("prenom", "prenoms", "first name")),
        Field(name="address", label=_("address"), private=True, headers=(
            "adresse", "adresse desservie", "adresse branchement", "adresse du branchement",
            "adresse point livraison", "adresse complete", "voie", "adresse 1", "address",
        )),
        Field(name="postcode", label=_("postcode"), private=True, headers=(
            "code postal", "cp", "code post", "postcode",
        )),
        Field(name="city", label=_("commune"), private=True, headers=("commune", "ville", "localite", "city")),
        Field(name="connection", label=_("service connection"), private=True, headers=(
            "branchement", "reference branchement", "numero branchement", "n branchement",
            "point de livraison", "pdl", "point livraison", "connection",
        )),
        Field(name="mobile", label=_("mobile"), private=True, headers=(
            "mobile", "telephone mobile", "portable", "telephone portable", "tel mobile", "tel portable",
            "gsm", "sms",
        )),
        Field(name="phone", label=_("telephone"), private=True, headers=(
            "telephone", "tel", "telephone 1", "tel 1", "telephone fixe", "tel fixe", "numero telephone",
            "fixe", "phone",
        )),
        Field(name="email", label=_("e-mail"), private=True, headers=(
            "email", "e mail", "mail", "courriel", "adresse mail", "adresse email", "adresse e mail",
            "adresse electronique", "mel",
        )),
        Field(name="sms_consent", label=_("agrees to text messages"), private=True, headers=(
            "consentement sms", "accord sms", "accepte sms", "sms accepte", "optin sms", "opt in sms",
        )),
        Field(name="email_consent", label=_("agrees to e-mails"), private=True, headers=(
            "consentement email", "consentement courriel", "consentement mail", "accord email", "accord mail",
            "accord courriel", "accepte email", "accepte courriel", "optin email", "opt in email",
        )),
        Field(name="consent", label=_("agrees"), private=True, headers=(
            "consentement", "accord", "optin", "opt in", "consent",
        )),
        Field(name="consent_date", label=_("day of the consent"), private=True, headers=(
            "date consentement", "date accord", "date du consentement", "consentement le",
        )),
        Field(name="consent_how", label=_("how it was given"), private=True, headers=(
            "origine consentement", "mode consentement", "recueil", "recueilli par", "origine accord",
            "comment",
        )),
    ),
)  # fmt: skip
