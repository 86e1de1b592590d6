"""The whole way in and out with a certified provider (npm oidc-provider), signed userinfo as ProConnect has it."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.test import Client

from gis_core.accounts.providers import discovery, methods
from gis_core.members.rights import Role
from gis_core.models import AccessRule, SignInMethod, User
from tests import factories
from tests.gis_core.certified import certified
from tests.gis_core.stand_in import CLIENT, SECRET

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html", "accept-language": "fr"}
SIGNED_OUT = "http://testserver/compte/deconnexion/retour/"


@pytest.fixture(params=["RS256", "ES256"])
def method(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[SignInMethod]:
    """A ProConnect whose provider is the certified one."""
    settings.DATA_DIR = tmp_path
    discovery.forget()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EXTERNAL_PRIVATE_HOSTS = frozenset({f"127.0.0.1:{port}"})
    made = SignInMethod(kind="proconnect", name="ProConnect")
    made.options = {"issuer": f"http://127.0.0.1:{port}", "client_id": CLIENT, "signature": request.param}
    made.secret = SECRET
    made.save()
    callback = f"http://testserver/compte/connexion/{made.pk}/retour/"
    with certified(port, request.param, callback, SIGNED_OUT):
        yield made


def follow(browser: requests.Session, url: str) -> requests.Response:
    """As far as the provider goes: to one of its pages, or to where it sends back."""
    for _step in range(12):
        answer = browser.get(url, allow_redirects=False, timeout=10)
        if answer.status_code not in (302, 303):
            return answer
        url = urljoin(url, answer.headers["Location"])
        if urlsplit(url).hostname == "testserver":
            answer.url = url
            return answer
    raise AssertionError("it goes round in circles")


def go_through(browser: requests.Session, location: str) -> str:
    """Sign in at the provider and agree; where it then sends back."""
    answer = follow(browser, location)
    for form in ({"prompt": "login", "login": "a1b2", "password": "x"}, {"prompt": "consent"}):
        (action,) = re.findall(r'<form[^>]* action="([^"]+)"', answer.text)
        sent = browser.post(urljoin(answer.url, action), data=form, allow_redirects=False, timeout=10)
        answer = follow(browser, urljoin(answer.url, sent.headers["Location"]))
    return str(answer.url)


def test_a_certified_provider_opens_an_account_and_ends_its_session(method: SignInMethod) -> None:
    member = factories.member()
    AccessRule.objects.create(method=method, group="siren:243400017", member=member, role=Role.READER)
    assert [one.good for one in methods.try_method(method)] == [True] * 3
    client, browser = Client(), requests.Session()
    location = client.get(f"/compte/connexion/{method.pk}/?next=/compte/", headers=HTML)["Location"]
    back = go_through(browser, location)
    answer = client.get(back.removeprefix("http://testserver"), headers=HTML)
    assert (answer.status_code, answer["Location"]) == (302, "/compte/")
    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert (user.email, user.get_full_name()) == ("lea.martin@agglo.example", "Léa Martin")
    assert user.memberships.get().member == member

    page = client.post("/compte/deconnexion/", headers=HTML).content.decode()
    (url,) = re.findall(r'content="0;url=([^"]+)"', page)
    asked = follow(browser, url.replace("&amp;", "&"))
    (action,) = re.findall(r'<form[^>]* action="([^"]+)"', asked.text)
    (secret,) = re.findall(r'name="xsrf" value="([^"]+)"', asked.text)
    ended = browser.post(action, data={"xsrf": secret, "logout": "yes"}, allow_redirects=False, timeout=10)
    assert ended.headers["Location"].startswith(SIGNED_OUT)
    assert client.get(ended.headers["Location"].removeprefix("http://testserver"), headers=HTML)["Location"] == "/"
