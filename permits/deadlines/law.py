"""What the planning code says, as dated rows: each value with its article, and where it was read.

Delays are chosen by the date of filing, validities by the date of decision, because the law changes. A value that was
read in a source is `sourced`; one that is only remembered is `uncertain`, and shown so. An article without a value is
in NOT_COVERED: its delay is entered by hand, with its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for. A PCMI is numbered as a PC, CUa and CUb as a CU (A.423-2)."""

    DP = "DP"
    PD = "PD"
    PCMI = "PCMI"
    PC = "PC"
    PA = "PA"
    CUA = "CUa"
    CUB = "CUb"

    @property
    def certifies(self) -> bool:
        """Certificates tell the rules; they permit nothing."""
        return self in (Kind.CUA, Kind.CUB)


class Ground(StrEnum):
    """Why a delay is longer than the usual one (R.423-24 to -32), or prolonged later (R.423-34 to -37)."""

    OTHER_REGIME = "other_regime"
    DEROGATION = "derogation"
    PROTECTED_SURROUNDINGS = "protected_surroundings"
    FARMLAND_COMMISSION = "farmland_commission"
    PUBLIC_PARTICIPATION = "public_participation"
    COMMISSION = "commission"
    AGRICULTURE_MINISTER = "agriculture_minister"
    RURAL_DEROGATION = "rural_derogation"
    BUILDING_CODE_DEROGATION = "building_code_derogation"
    COMMERCIAL_OPERATION = "commercial_operation"
    ELECTRONIC_PARTICIPATION = "electronic_participation"
    REGISTERED_MONUMENT = "listed_building"
    PUBLIC_BUILDING = "public_building"
    TALL_BUILDING = "tall_building"
    PUBLIC_INQUIRY = "public_inquiry"
    NATIONAL_PARK = "national_park"
    NATIONAL_COMMISSION = "national_commission"
    NATURE_RESERVE = "nature_reserve"
    CLEARING = "clearing"
    CLEARING_SURVEYED = "clearing_surveyed"
    CLEARING_INQUIRY = "clearing_inquiry"
    CLEARING_PROLONGED = "clearing_prolonged"
    ARCHITECT_APPEAL = "architect_appeal"
    NATIONAL_RETAIL_COMMISSION = "national_retail_commission"
    CALLED_IN = "called_in"


class Effect(StrEnum):
    """What a value does to the delay."""

    USUAL = "usual"
    MORE = "more"
    WHOLE = "whole"
    AFTER_REPORT = "after_report"
    PROLONGS = "prolongs"
    PROLONGS_TO = "prolongs_to"
    LIMIT = "limit"
    VALID = "valid"
    EXTENDS = "extends"
    REVOCABLE = "revocable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A value of one article, in months or days, for files filed (or decided) from `since` to before `until`.

    `kinds` and `grounds` say what it is for. `uncertain` values are shown as such; `source` is where it was read.
    """

    name: str
    article: str
    effect: Effect
    months: int = 0
    days: int = 0
    kinds: frozenset[Kind] = frozenset(Kind)
    grounds: frozenset[Ground] = frozenset()
    since: date
    until: date | None = None
    uncertain: bool = False
    source: str

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


CODE_2007 = date(2007, 10, 1)
"""The planning code of the 2007 reform: older files are not covered."""
SHORTER_2015 = date(2015, 7, 11)
"""Longer delays were shortened for files from then on (décret 2015-836); what held before is not covered."""
THREE_YEARS_2016 = date(2016, 1, 6)
"""Decisions are valid three years from then on; what held before is not covered."""
HERITAGE_2017 = date(2017, 4, 1)
"""The surroundings of monuments add a month from then on (décret 2017-456); before, R.423-28 made four months."""
ALUR_2014 = date(2014, 3, 27)
"""Declarations may be withdrawn from then on, as permits (loi 2014-366); before, they never were."""
POSTING_2019 = date(2019, 6, 23)
"""The text of R.424-15 that was read held until the day before."""
PERMITS = frozenset({Kind.PD, Kind.PCMI, Kind.PC, Kind.PA})
NOT_CERTIFICATES = frozenset({Kind.DP, *PERMITS})
NOTARIES, JURIBLIO, SECURITY = "notaires, 2024", "juriblio", "sitesecurite"
CODE, REMEMBERED = "Legifrance", "not read in a source"
DECREE_2025 = "décret n° 2025-461"
ARCHIVE, LEXBASE = "archéo-lex, code au 11 juillet 2015", "lexbase"


def usual(name: str, article: str, kind: Kind, months: int) -> Rule:
    return Rule(
        name=name,
        article=article,
        effect=Effect.USUAL,
        months=months,
        kinds=frozenset({kind}),
        since=CODE_2007,
        source=NOTARIES if article.startswith("R.423") else CODE,
    )


def whole(
    name: str, article: str, months: int, *grounds: Ground, kinds: frozenset[Kind] = PERMITS, source: str
) -> Rule:
    """A delay that replaces the usual one."""
    return Rule(
        name=name,
        article=article,
        effect=Effect.WHOLE,
        months=months,
        kinds=kinds,
        grounds=frozenset(grounds),
        since=SHORTER_2015,
        source=source,
    )


def prolongs(
    name: str, article: str, months: int, ground: Ground, since: date, *, whole: bool = False, dp: bool = False
) -> Rule:
    """What is known only later, and notified before the delay has passed (R.423-44)."""
    return Rule(
        name=name,
        article=article,
        effect=Effect.PROLONGS_TO if whole else Effect.PROLONGS,
        months=months,
        kinds=NOT_CERTIFICATES if dp else PERMITS,
        grounds=frozenset({ground}),
        since=since,
        source=JURIBLIO,
    )


def three_years(name: str, since: date, until: date | None = None) -> Rule:
    return Rule(
        name=name,
        article="R.424-17",
        effect=Effect.VALID,
        months=36,
        kinds=NOT_CERTIFICATES,
        since=since,
        until=until,
        source=JURIBLIO,
    )


def limit(
    name: str,
    article: str,
    source: str,
    *,
    months: int = 0,
    days: int = 0,
    uncertain: bool = False,
    since: date = CODE_2007,
    until: date | None = None,
) -> Rule:
    """A delay of whoever acts after the decision."""
    return Rule(name=name, article=article, effect=Effect.LIMIT, months=months, days=days, uncertain=uncertain,
                since=since, until=until, source=source)  # fmt: skip


def revocable(
    name: str, article: str, months: int, source: str, *kinds: Kind, since: date = CODE_2007, uncertain: bool = False
) -> Rule:
    """How long an illegal decision of these kinds may be withdrawn."""
    return Rule(name=name, article=article, effect=Effect.REVOCABLE, months=months, kinds=frozenset(kinds),
                since=since, uncertain=uncertain, source=source)  # fmt: skip


RULES: tuple[Rule, ...] = (
    usual("dp", "R.423-23 a", Kind.DP, 1),
    usual("pd", "R.423-23 b", Kind.PD, 2),
    usual("pcmi", "R.423-23 b", Kind.PCMI, 2),
    usual("pc", "R.423-23 c", Kind.PC, 3),
    usual("pa", "R.423-23 c", Kind.PA, 3),
    usual("cua", "R.410-9", Kind.CUA, 1),
    usual("cub", "R.410-10", Kind.CUB, 2),
    Rule(
        name="one_more",
        article="R.423-24",
        effect=Effect.MORE,
        months=1,
        kinds=NOT_CERTIFICATES,
        grounds=frozenset(
            {
                Ground.OTHER_REGIME,
                Ground.DEROGATION,
                Ground.FARMLAND_COMMISSION,
                Ground.PUBLIC_PARTICIPATION,
            }
        ),
        since=SHORTER_2015,
        source=JURIBLIO,
    ),
    Rule(
        name="one_more_heritage",
        article="R.423-24",
        effect=Effect.MORE,
        months=1,
        kinds=NOT_CERTIFICATES,
        grounds=frozenset({Ground.PROTECTED_SURROUNDINGS}),
        since=HERITAGE_2017,
        source=JURIBLIO,
    ),
    Rule(
        name="four_heritage",
        article="R.423-28",
        effect=Effect.WHOLE,
        months=4,
        kinds=frozenset({Kind.PCMI, Kind.PC, Kind.PA}),
        grounds=frozenset({Ground.PROTECTED_SURROUNDINGS}),
        since=SHORTER_2015,
        until=HERITAGE_2017,
        source=SECURITY,
    ),
    Rule(
        name="two_more",
        article="R.423-25",
        effect=Effect.MORE,
        months=2,
        kinds=PERMITS,
        grounds=frozenset(
            {
                Ground.COMMISSION,
                Ground.AGRICULTURE_MINISTER,
                Ground.RURAL_DEROGATION,
                Ground.BUILDING_CODE_DEROGATION,
                Ground.COMMERCIAL_OPERATION,
            }
        ),
        since=SHORTER_2015,
        source=SECURITY,
    ),
    Rule(
        name="two_more_electronic",
        article="R.423-25",
        effect=Effect.MORE,
        months=2,
        kinds=NOT_CERTIFICATES,
        grounds=frozenset({Ground.ELECTRONIC_PARTICIPATION}),
        since=SHORTER_2015,
        source=SECURITY,
    ),
    Rule(
        name="five",
        article="R.423-28",
        effect=Effect.WHOLE,
        months=5,
        kinds=frozenset({Kind.PCMI, Kind.PC}),
        grounds=frozenset({Ground.REGISTERED_MONUMENT, Ground.PUBLIC_BUILDING, Ground.TALL_BUILDING}),
        since=SHORTER_2015,
        source=SECURITY,
    ),
    whole("national_park", "R.423-26", 5, Ground.NATIONAL_PARK, source=ARCHIVE),
    whole("national_commission", "R.423-27", 5, Ground.NATIONAL_COMMISSION, Ground.NATURE_RESERVE, source=LEXBASE),
    whole("reserve_dp", "R.423-27", 2, Ground.NATURE_RESERVE, kinds=frozenset({Kind.DP}), source=LEXBASE),
    whole("clearing", "R.423-29", 3, Ground.CLEARING, source=JURIBLIO),
    whole("clearing_surveyed", "R.423-29", 5, Ground.CLEARING_SURVEYED, source=JURIBLIO),
    whole("clearing_inquiry", "R.423-29", 7, Ground.CLEARING_INQUIRY, source=JURIBLIO),
    prolongs("clearing_prolonged", "R.423-34", 3, Ground.CLEARING_PROLONGED, SHORTER_2015),
    prolongs("architect_appeal", "R.423-35", 2, Ground.ARCHITECT_APPEAL, HERITAGE_2017, dp=True),
    prolongs("retail", "R.423-36-1", 2, Ground.NATIONAL_RETAIL_COMMISSION, date(2015, 2, 15)),
    prolongs("called_in", "R.423-37", 8, Ground.CALLED_IN, SHORTER_2015, whole=True, dp=True),
    Rule(
        name="inquiry",
        article="R.423-32",
        effect=Effect.AFTER_REPORT,
        months=2,
        kinds=NOT_CERTIFICATES,
        grounds=frozenset({Ground.PUBLIC_INQUIRY}),
        since=CODE_2007,
        source=CODE,
    ),
    Rule(name="first_month", article="R.423-18", effect=Effect.LIMIT, months=1, since=CODE_2007, source=CODE),
    Rule(name="request_month", article="R.423-38", effect=Effect.LIMIT, months=1, since=CODE_2007, source=CODE),
    Rule(name="answer_months", article="R.423-39", effect=Effect.LIMIT, months=3, since=CODE_2007, source=CODE),
    Rule(
        name="electronic_days",
        article="R.423-48",
        effect=Effect.LIMIT,
        days=8,
        since=CODE_2007,
        source="bdidu.fr (text of 2007), oudot.net",
    ),
    Rule(
        name="permit_extension_months",
        article="R.424-22",
        effect=Effect.LIMIT,
        months=2,
        since=CODE_2007,
        source="Gualino, Montage opérationnel d'un programme immobilier",
    ),
    Rule(
        name="certificate_extension_months",
        article="R.410-17",
        effect=Effect.LIMIT,
        months=2,
        since=CODE_2007,
        source=CODE,
    ),
    # Validity, by the date of decision.
    three_years("three_years", THREE_YEARS_2016, until=date(2021, 1, 1)),
    three_years("three_years_again", date(2024, 5, 29)),
    Rule(
        name="one_year_more_2025",
        article="décret 2025-461",
        effect=Effect.VALID,
        months=48,
        kinds=NOT_CERTIFICATES,
        since=date(2021, 1, 1),
        until=date(2022, 5, 28),
        source=f"{DECREE_2025}; of what was valid on 27 May 2025 alone (efl.fr, cdmf-avocats.com, July 2025)",
    ),
    Rule(
        name="five_years_2025",
        article="décret 2025-461",
        effect=Effect.VALID,
        months=60,
        kinds=NOT_CERTIFICATES,
        since=date(2022, 5, 28),
        until=date(2024, 5, 29),
        source=DECREE_2025,
    ),
    Rule(
        name="certificate",
        article="L.410-1",
        effect=Effect.VALID,
        months=18,
        kinds=frozenset({Kind.CUA, Kind.CUB}),
        since=CODE_2007,
        source=CODE,
    ),
    Rule(
        name="permit_extended",
        article="R.424-21",
        effect=Effect.EXTENDS,
        months=12,
        kinds=NOT_CERTIFICATES,
        since=THREE_YEARS_2016,
        source=JURIBLIO,
    ),
    Rule(
        name="certificate_extended",
        article="R.410-17",
        effect=Effect.EXTENDS,
        months=12,
        kinds=frozenset({Kind.CUA, Kind.CUB}),
        since=CODE_2007,
        source=CODE,
    ),
    # What follows the decision, by the day of what it is counted from.
    revocable("permit_revocable", "L.424-5", 3, "lexbase; CE, 13 February 2012: notified within them", *PERMITS),
    revocable("declaration_revocable", "L.424-5", 3, "halgand-avocat.fr", Kind.DP, since=ALUR_2014),
    revocable(
        "certificate_revocable",
        "CRPA L.242-1",
        4,
        "lgp-avocats.fr, of any decision; not read of certificates",
        Kind.CUA,
        Kind.CUB,
        uncertain=True,
    ),
    limit("deferral_months", "L.424-1", "consultation.avocat.fr, P. Platel", months=24),
    limit("confirmation_months", "L.424-1", "CE, 11 February 2015, n° 361433 (juripublica.fr)", months=2),
    limit("deferred_decision_months", "L.424-1", REMEMBERED, months=2, uncertain=True),
    limit("interruption_months", "R.424-17", "manonchevalier-avocat.fr; CE, 10 May 2017, n° 399405", months=12),
    limit("transmission_days", "CGCT L.2131-1", "urbanisme.legibase.fr, 1 March 2016", days=15),
    limit("post_days", "R.424-15", "Legifrance, text of 5 October 2013", days=8, until=POSTING_2019),
    limit("post_days", "R.424-15", "text since 23 June 2019 not read", days=8, since=POSTING_2019, uncertain=True),
    limit("third_party_months", "R.600-2", "hachemavocat.fr, text quoted", months=2),
    limit("contest_months", "R.462-6", LEXBASE, months=3),
    limit("survey_contest_months", "R.462-6", LEXBASE, months=5),
)

NOT_COVERED: tuple[tuple[str, str], ...] = (
    ("R.423-30", "special delay"),
    ("R.423-31", "special delay (classified sites)"),
    ("R.423-33", "special delay"),
    ("R.423-36", "prolongation that cannot be known in the first month"),
    ("R.423-37-1", "suspension while the European Commission is asked"),
)
"""Articles whose values were read nowhere: their delays are entered by hand, with the reason."""


class NotCoveredError(LookupError):
    """No row holds on that day: the delay is to be entered by hand."""


def the(name: str, day: date) -> Rule:
    """The row of this name that holds on a day. Raises NotCoveredError."""
    for rule in RULES:
        if rule.name == name and rule.holds(day):
            return rule
    raise NotCoveredError(name)


def rules_of(effect: Effect, kind: Kind, day: date) -> Iterator[Rule]:
    """The rows that hold for a kind of file on a day."""
    return (rule for rule in RULES if rule.effect == effect and kind in rule.kinds and rule.holds(day))


class SilenceRefuses(StrEnum):
    """Why no answer is a refusal, of the cases of R.424-2 and R.424-2-1 that were read in a source."""

    DEMOLITION_IN_REGISTERED_SITE = "demolition_in_registered_site"
    DEFENCE = "defence"
    CLASSIFIED_SITE = "classified_site"
    NATURE_RESERVE = "nature_reserve"
    CALLED_IN = "called_in"
    ENVIRONMENTAL_ASSESSMENT = "environmental_assessment"


OF_2015 = "text quoted by coussyavocats.com, 24 November 2015"
SILENCE_REFUSES: Mapping[SilenceRefuses, str] = {
    SilenceRefuses.DEMOLITION_IN_REGISTERED_SITE: "R.424-2 i; CE 12 February 2020, n° 421949: inside a PC, too",
    SilenceRefuses.DEFENCE: f"R.424-2 a; {OF_2015}",
    SilenceRefuses.CLASSIFIED_SITE: f"R.424-2 a; {OF_2015}",
    SilenceRefuses.NATURE_RESERVE: f"R.424-2 a; {OF_2015}",
    SilenceRefuses.CALLED_IN: f"R.424-2 b; {OF_2015}",
    SilenceRefuses.ENVIRONMENTAL_ASSESSMENT: "R.424-2-1; actuel-hse.fr, December 2024",
}
"""Where each was read. Other cases of the article are entered in words by whoever knows them."""
OF_PERMITS = frozenset(SilenceRefuses) - {SilenceRefuses.ENVIRONMENTAL_ASSESSMENT}
"""Those that say nothing of a declaration."""


def refusing(kind: Kind, reasons: Iterable[str]) -> frozenset[str]:
    """The reasons that make silence a refusal for such a file.

    R.424-2 is about permits: in its cases the silence about a declaration still opposes nothing (CE 26 October 2012,
    n° 350737). What somebody entered in words is taken as it is.
    """
    return frozenset(one for one in reasons if kind != Kind.DP or one not in OF_PERMITS)
