"""Where a campaign is, and what may be asked of it now: the same answer for its page and for the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gis_core.jobs.services import describe_job
from gis_core.models import Job
from orthophoto import labels
from orthophoto.models import Campaign, Sheet
from orthophoto.report import counts_by_campaign, summary_as_json
from orthophoto.services.building import STARTABLE
from orthophoto.services.campaigns import inventories_of

# One letter per sheet: two thousand of them travel with every look at a build.
LETTERS = {
    Sheet.State.REFUSED: "r",
    Sheet.State.INVENTORIED: "f",
    Sheet.State.BUILT: "b",
    Sheet.State.FAILED: "x",
}


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """A campaign with what is known of it: the JSON of its report, its inventory's job if one is open."""

    campaign: Campaign
    facts: dict[str, Any]
    inventory: dict[str, Any] | None
    actions: list[str]

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignProgress":
        return cls.of_all([campaign])[0]

    @classmethod
    def of_all(cls, campaigns: Iterable[Campaign]) -> "list[CampaignProgress]":
        """Several at once: as many queries as for one."""
        rows = list(campaigns)
        counts, jobs = counts_by_campaign(rows), inventories_of(rows)
        return [cls.between(campaign, counts[campaign.pk], jobs.get(campaign.pk)) for campaign in rows]

    @classmethod
    def between(cls, campaign: Campaign, counts: dict[str, Any], job: Job | None) -> "CampaignProgress":
        facts = summary_as_json(campaign, counts)
        return cls(campaign, facts, inventory_as_json(job), actions(campaign, job))

    @property
    def goes_on(self) -> bool:
        """Whether somebody who looks again will see something else (an inventory may have no job, or just be over)."""
        return self.campaign.state in (Campaign.State.INSPECTING, Campaign.State.BUILDING)

    @property
    def progress(self) -> float | None:
        """The share that is done of what is going on, None when nobody knows."""
        share: float | None = self.inventory["progress"] if self.inventory else self.facts["progress"]
        return share

    @property
    def description(self) -> str:
        """What is to be said of the state, in one sentence."""
        if self.inventory is not None:
            return f"{self.inventory['state_label']}. {self.inventory['message']}".strip()
        if self.campaign.state == Campaign.State.BUILDING:
            return labels.going(self.facts["counts"], self.facts["seconds_left"])
        return self.campaign.message

    @property
    def renewed(self) -> bool:
        """Whether a newer build than the one that is shown waits for its publication."""
        published = self.campaign.published_build
        return self.campaign.state == Campaign.State.BUILT and published not in (None, self.campaign.build)

    def as_json(self) -> dict[str, Any]:
        """The campaign for the API."""
        campaign = self.campaign
        return self.facts | {
            "attribution": campaign.attribution,
            "licence": campaign.licence,
            "visibility": campaign.visibility,
            "within_communes": campaign.within_communes,
            "crs": campaign.crs,
            "codec": campaign.codec,
            "display": campaign.display,
            "created_at": campaign.created_at.isoformat(),
            "progress": self.progress,
            "told": self.description,
            "goes_on": self.goes_on,
            "inventory": self.inventory,
            "actions": self.actions,
        }


def inventory_as_json(job: Job | None) -> dict[str, Any] | None:
    """The inventory's job as people read it: one that finds no worker says so."""
    if job is None:
        return None
    label, message = describe_job(job)
    return {"job": job.pk, "state_label": label, "message": message, "progress": job.progress}


def actions(campaign: Campaign, inventory: Job | None) -> list[str]:
    """What may be asked of the campaign now, the next useful thing first."""
    state, published = campaign.state, campaign.published_build
    possible = []
    if state == Campaign.State.BUILT and published != campaign.build:
        possible.append("publish")
    if state == Campaign.State.BUILDING or inventory is not None:
        possible.append("stop")
    if state in STARTABLE:
        possible.append("build")
    if published is not None:
        possible.append("take-back")
    if state != Campaign.State.BUILDING and inventory is None:
        possible.append("again")
        if published is None:
            possible.append("delete")
    return possible


def sheet_states(campaign: Campaign) -> str:
    """The state of every sheet, one letter each, in the order of the list."""
    states = campaign.sheets.order_by("file", "pk").values_list("state", flat=True)
    return "".join(LETTERS[Sheet.State(state)] for state in states)
