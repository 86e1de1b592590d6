"""Lists of contacts, which have no command: sent on their page, worked off as the job that it queues, read there."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Job, Member, User
from gis_core.tasks import run
from networks.notifications.models import Settings
from networks.notifications.tasks import import_contacts
from tests import factories
from tests.golden.stories import MEMBER, Step, Told
from tests.golden.texts import words_of

URL = "/reseaux/avis/contacts/importer/"
WHO = "golden-network_technician"


def rights_to_contacts(member: Member) -> None:
    with acting_as(rights_of(User.objects.get(username=WHO))):
        Settings(member=member, reader_roles=["network_technician"], basis="mission").save()


def listed(label: str, path: Path, *, do: str = "import") -> Step:
    """Send a list, do what was queued, and read what its page says then."""

    def act(_told: Told) -> str:
        client = Client(raise_request_exception=False, headers={"accept": "text/html"})
        client.force_login(User.objects.get(username=WHO))
        sent = SimpleUploadedFile(path.name, path.read_bytes())
        answer = client.post(URL, {"member": MEMBER, "file": sent, "do": do})
        if answer.status_code != 302:
            return words_of(answer)
        with factories.as_worker():
            job = Job.objects.select_related("owner", "started_by").latest("pk")
            run(job, import_contacts)
        return words_of(client.get(answer["Location"]))

    return Step(label, act)
