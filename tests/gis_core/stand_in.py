"""A provider of identities for tests: strict in what it takes, and forging what it is told to forge.

Discovery, keys, tokens and userinfo are served on loopback; the browser's part (`authorize`) is a call, or a page for a
real browser (`callback` and `signed_out` say what is declared), which checks what we send as ProConnect's documentation
has it: state and nonce of 32 characters, no parameter that it does not name, codes of one use and of 30 seconds.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "arpent", "un secret de trente-deux signes au moins"
PROCONNECT_PARAMETERS = {
    *("response_type", "client_id", "redirect_uri", "scope", "claims", "state", "nonce", "prompt"),
    *("idp_hint", "login_hint"),
}
PROCONNECT_SCOPES = {"openid", "given_name", "usual_name", "email", "uid", "siret", "idp_id"}
Claims = dict[str, Any]


def new_rsa(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


RSA, OTHER_RSA, WEAK_RSA = new_rsa(), new_rsa(), new_rsa(1024)
EC = ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: Any, kid: str, **more: Any) -> Claims:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    made: Claims = json.loads(algorithm.to_jwk(key.public_key()))
    return {**made, "kid": kid, "use": "sig", **more}


@dataclass
class Forgery:
    """What is changed of a well-formed answer; each part alone."""

    claims: Callable[[Claims], None] = lambda claims: None
    userinfo: Callable[[Claims], None] = lambda claims: None
    token: Callable[["StandIn", Claims], str] | None = None
    userinfo_token: Callable[["StandIn", Claims], str] | None = None
    userinfo_json: bool = False
    answer: Callable[[Claims], None] = lambda answer: None
    discovery: Callable[[Claims], None] = lambda said: None
    keys: Callable[["StandIn"], list[Claims]] | None = None
    back: Callable[[dict[str, str]], None] = lambda query: None


@dataclass
class StandIn:
    """A provider: `strict` has ProConnect's rules. `person` is whoever signs in there."""

    strict: bool = False
    algorithm: str = "RS256"
    clock: float = 0.0
    lifetime: float = 60.0
    code_lifetime: float = 30.0
    person: Claims = field(default_factory=lambda: {"sub": "a1b2"})
    forgery: Forgery = field(default_factory=Forgery)
    kid: str = "k1"
    key: Any = RSA
    codes: dict[str, Claims] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    access: dict[str, Claims] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    port: int = 0
    delay: float = 0.0
    callback: str = ""
    signed_out: str = ""

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def issuer(self) -> str:
        return f"http://{self.authority}/api/v2"

    # -- the browser's part -------------------------------------------------------------------------------------------

    def authorize(self, location: str, callback: str) -> str:
        """What the person's browser is sent back to, after what the provider checks of the request."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = dict(pairs)
        assert len(query) == len(pairs), "a parameter twice"
        self.asked = query
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
        assert query["redirect_uri"] == callback, "not the declared address"
        assert len(query["state"]) >= 32
        assert len(query["nonce"]) >= 32
        assert "openid" in query["scope"].split()
        if self.strict:
            assert set(query) <= PROCONNECT_PARAMETERS, set(query) - PROCONNECT_PARAMETERS
            assert set(query["scope"].split()) == PROCONNECT_SCOPES
            assert json.loads(query["claims"]) == {"id_token": {"amr": {"essential": True}}}
        else:
            assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**query, "at": time.monotonic()}
        back = {"code": code, "state": query["state"]}
        if not self.strict:
            back["iss"] = self.issuer
        self.forgery.back(back)
        return f"{urlsplit(callback).path}?{urlencode(back)}"

    def sends_back(self, path: str) -> str:
        """Where a real browser that comes to one of its pages is sent back to."""
        location = f"http://{self.authority}{path}"
        if not path.startswith("/api/v2/session/end"):
            return urljoin(self.callback, self.authorize(location, self.callback))
        query = dict(parse_qsl(urlsplit(location).query))
        assert set(query) == {"id_token_hint", "state", "post_logout_redirect_uri"}
        assert query["post_logout_redirect_uri"] == self.signed_out, "not the declared address"
        jwt.decode(query["id_token_hint"], self.key.public_key(), [self.algorithm], audience=CLIENT)
        return f"{self.signed_out}?{urlencode({'state': query['state']})}"

    # -- what we call -------------------------------------------------------------------------------------------------

    def discovery(self) -> Claims:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "token_endpoint_auth_methods_supported": ["client_secret_post"] if self.strict else ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": not self.strict,
        }
        self.forgery.discovery(said)
        return said

    def published(self) -> list[Claims]:
        if self.forgery.keys:
            return self.forgery.keys(self)
        return [public_jwk(self.key, self.kid, alg=self.algorithm)] if not self.algorithm.startswith("HS") else []

    def sign(self, claims: Claims, **header: Any) -> str:
        key = SECRET if self.algorithm.startswith("HS") else self.key
        return jwt.encode(claims, key, self.algorithm, headers={"kid": self.kid, **header})

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        kept = self.codes.get(form.get("code", ""))
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            client, secret = base64.b64decode(authorization[6:]).decode().split(":", 1)
            client, secret = (dict(parse_qsl(f"v={one}"))["v"] for one in (client, secret))
        if (client, secret) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        fresh = kept is not None and time.monotonic() - kept["at"] <= self.code_lifetime
        if kept is None or not fresh or form["code"] in self.used or form.get("redirect_uri") != kept["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if "code_challenge" in kept:
            made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(made).rstrip(b"=").decode() != kept["code_challenge"]:
                return 400, {"error": "invalid_grant"}
        self.used.add(form["code"])
        access = secrets.token_urlsafe(24)
        self.access[access] = kept
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.id_token(kept, access),
        }
        self.forgery.answer(answer)
        return 200, answer

    def id_token(self, kept: Claims, access: str) -> str:
        now = time.time() + self.clock
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "sub": self.person["sub"],
            "aud": CLIENT,
            "iat": int(now),
            "exp": int(now + self.lifetime),
            "nonce": kept["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "amr": self.person.get("amr", ["pwd"]),
        }
        self.forgery.claims(claims)
        return self.forgery.token(self, claims) if self.forgery.token else self.sign(claims)

    def userinfo(self, authorization: str) -> tuple[int, str, bytes]:
        if authorization.removeprefix("Bearer ") not in self.access:
            return 401, "application/json", b"{}"
        claims = {key: value for key, value in self.person.items() if key != "amr"}
        if self.strict and not self.forgery.userinfo_json:
            claims |= {"iss": self.issuer, "aud": CLIENT, "iat": int(time.time() + self.clock)}
            self.forgery.userinfo(claims)
            made = self.forgery.userinfo_token or StandIn.sign
            return 200, "application/jwt", made(self, claims).encode()
        self.forgery.userinfo(claims)
        return 200, "application/json", json.dumps(claims).encode()


def handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand_in.calls.append(self.path)
            time.sleep(stand_in.delay)
            authorization = self.headers.get("Authorization", "")
            match urlsplit(self.path).path.removeprefix("/api/v2"):
                case "/authorize" | "/session/end":
                    try:
                        self.say(302, {"redirect": stand_in.sends_back(self.path)})
                    except (AssertionError, KeyError) as fault:
                        self.say(400, {"refused": repr(fault)})
                case "/.well-known/openid-configuration":
                    self.say(200, stand_in.discovery())
                case "/jwks":
                    self.say(200, {"keys": stand_in.published()})
                case "/userinfo":
                    status, kind, body = stand_in.userinfo(authorization)
                    self.say(status, body, kind)
                case _:
                    self.say(404, {})

        def do_POST(self) -> None:
            stand_in.calls.append(self.path)
            time.sleep(stand_in.delay)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, answer = stand_in.exchange(form, self.headers.get("Authorization", ""))
            self.say(status, answer)

        def say(self, status: int, body: Any, kind: str = "application/json") -> None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if location := isinstance(body, dict) and body.get("redirect"):
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_given: Any) -> None:
            """Nothing is said on the terminal."""

    return Handler


@contextmanager
def serving(**values: Any) -> Iterator[StandIn]:
    stand_in = StandIn(**values)
    server = ThreadingHTTPServer(("127.0.0.1", stand_in.port), handler(stand_in))
    server.daemon_threads = True
    stand_in.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
