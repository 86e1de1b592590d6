"""Lists of contacts, which have no command: sent on their page, worked off as the jobs that it queues, read there."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.jobs.points import JOB_KINDS
from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Job, Member, User
from gis_core.tasks import run
from networks.notifications.models import Settings
from tests import factories
from tests.golden.stories import MEMBER, Step, Told
from tests.golden.texts import words_of

URL = "/reseaux/avis/contacts/importer/"
WHO = "golden-network_technician"


def rights_to_contacts(member: Member) -> None:
    with acting_as(rights_of(User.objects.get(username=WHO))):
        Settings(member=member, reader_roles=["network_technician"], basis="mission").save()


def listed(label: str, path: Path, *, do: str = "import") -> Step:
    """Send a list, have it read and, unless it is only to be checked, loaded; then read what its page says."""

    def act(_told: Told) -> str:
        client = Client(raise_request_exception=False, headers={"accept": "text/html"})
        client.force_login(User.objects.get(username=WHO))
        sent = SimpleUploadedFile(path.name, path.read_bytes())
        answer = client.post(URL, {"member": MEMBER, "file": sent})
        if answer.status_code != 302:
            return words_of(answer)
        address = answer["Location"]
        work_off()
        if do == "import" and client.post(address, {"action": "load"}).status_code == 302:
            work_off()
        return words_of(client.get(address))

    return Step(label, act)


def work_off() -> None:
    """Do what was queued last."""
    with factories.as_worker():
        job = Job.objects.select_related("owner", "started_by").latest("pk")
        run(job, JOB_KINDS.get(job.kind).work)
