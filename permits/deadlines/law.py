"""What the planning code says, as dated rows: each value with its article, and where it was read.

Delays are chosen by the date of filing, validities by the date of decision, because the law changes. A value that was
read in a source is `sourced`; one that is only remembered is `uncertain`, and shown so. An article without a value is
in NOT_COVERED: its delay is entered by hand, with its reason.
"""

from collections.abc import Iterator, Mapping
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
    """Why a delay is longer than the usual one (R.423-24, R.423-25, R.423-28, R.423-32)."""

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
    LISTED_BUILDING = "listed_building"
    PUBLIC_BUILDING = "public_building"
    TALL_BUILDING = "tall_building"
    PUBLIC_INQUIRY = "public_inquiry"


class Effect(StrEnum):
    """What a value does to the delay."""

    USUAL = "usual"
    MORE = "more"
    WHOLE = "whole"
    AFTER_REPORT = "after_report"
    LIMIT = "limit"
    VALID = "valid"
    EXTENDS = "extends"


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
SHORTER_2015 = date(2015, 11, 1)
"""Longer delays were shortened for files from then on; what held before is not covered."""
PERMITS = frozenset({Kind.PD, Kind.PCMI, Kind.PC, Kind.PA})
NOT_CERTIFICATES = frozenset({Kind.DP, *PERMITS})
NOTARIES, JURIBLIO, SECURITY = "notaires, 2024", "juriblio", "sitesecurite"
CODE, REMEMBERED = "Legifrance", "not read in a source"
DECREE_2025 = "décret n° 2025-461"


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


def three_years(name: str, kinds: frozenset[Kind], since: date = date(2016, 1, 6), until: date | None = None) -> Rule:
    return Rule(
        name=name,
        article="R.424-17",
        effect=Effect.VALID,
        months=36,
        kinds=kinds,
        since=since,
        until=until,
        uncertain=True,
        source=REMEMBERED,
    )


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
                Ground.PROTECTED_SURROUNDINGS,
                Ground.FARMLAND_COMMISSION,
                Ground.PUBLIC_PARTICIPATION,
            }
        ),
        since=SHORTER_2015,
        source=JURIBLIO,
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
        grounds=frozenset({Ground.LISTED_BUILDING, Ground.PUBLIC_BUILDING, Ground.TALL_BUILDING}),
        since=SHORTER_2015,
        source=SECURITY,
    ),
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
        uncertain=True,
        source="2007 text",
    ),
    Rule(
        name="permit_extension_months",
        article="R.424-22",
        effect=Effect.LIMIT,
        months=2,
        since=CODE_2007,
        uncertain=True,
        source=REMEMBERED,
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
    three_years("three_years", PERMITS, until=date(2021, 1, 1)),
    three_years("three_years_again", PERMITS, since=date(2024, 5, 29)),
    three_years("three_years_dp", frozenset({Kind.DP})),
    Rule(
        name="one_year_more_2025",
        article="décret 2025-461",
        effect=Effect.VALID,
        months=48,
        kinds=PERMITS,
        since=date(2021, 1, 1),
        until=date(2022, 5, 28),
        uncertain=True,
        source=f"{DECREE_2025}: one year more than R.424-17, which was {REMEMBERED}",
    ),
    Rule(
        name="five_years_2025",
        article="décret 2025-461",
        effect=Effect.VALID,
        months=60,
        kinds=PERMITS,
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
        since=date(2016, 1, 6),
        uncertain=True,
        source=REMEMBERED,
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
)

NOT_COVERED: tuple[tuple[str, str], ...] = (
    ("R.423-26", "special delay"),
    ("R.423-27", "special delay"),
    ("R.423-29", "special delay"),
    ("R.423-31", "special delay"),
    ("R.423-33", "special delay"),
    ("R.423-34", "prolongation that cannot be known in the first month"),
    ("R.423-35", "prolongation that cannot be known in the first month"),
    ("R.423-36", "prolongation that cannot be known in the first month"),
    ("R.423-37", "prolongation that cannot be known in the first month"),
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
    """Why no answer is a refusal, of the cases of R.424-2 that were read in a source."""

    DEMOLITION_IN_REGISTERED_SITE = "demolition_in_registered_site"


SILENCE_REFUSES: Mapping[SilenceRefuses, str] = {
    SilenceRefuses.DEMOLITION_IN_REGISTERED_SITE: "R.424-2; CE 12 February 2020, n° 421949: inside a PC, too",
}
"""Where each was read. Other cases of the article are entered in words by whoever knows them."""
