"""A provider of OpenID Connect over HTTP: the authorization server of Authlib, and ways to fail.

It signs in whoever asks as ``person``, without a form. What a test changes here, an attacker or a
broken provider does.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer, make_server

import orjson
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from tests.servers.ports import free_port

CLIENT_ID: Final = "image-platform"
CLIENT_SECRET: Final = "a secret & with: signs that a form encodes, 9182736455"
Answer = tuple[str, list[tuple[str, str]], Any]
JSON: Final = [("Content-Type", "application/json")]


@dataclass
class Code:
    """An authorization code, good once."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    person: dict[str, Any]

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class RelyingParty(ClientMixin):  # type: ignore[misc]  # untyped
    """The one client that is registered."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/callback")

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(client_secret == CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic"]

    @property
    def codes(self) -> dict[str, Code]:
        return self.server.provider.codes  # type: ignore[no-any-return]

    def save_authorization_code(self, code: str, request: Any) -> Code:
        sent = request.payload.data
        made = Code(
            code=code,
            client_id=CLIENT_ID,
            redirect_uri=request.payload.redirect_uri,
            scope=request.payload.scope,
            nonce=sent.get("nonce"),
            code_challenge=sent.get("code_challenge"),
            code_challenge_method=sent.get("code_challenge_method"),
            person=request.user,
        )
        self.codes[code] = made
        return made

    def query_authorization_code(self, code: str, _client: Any) -> Code | None:
        return self.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.person


class IdTokens(OpenIDCode):  # type: ignore[misc]
    """ID tokens as the provider says; ``claims`` and ``sign`` of the provider change them."""

    def __init__(self, provider: "OidcProvider") -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        return False

    def get_client_algorithm(self, _client: Any) -> str:
        return self.provider.algorithm

    def generate_user_info(self, user: dict[str, Any], _scope: str) -> dict[str, Any]:
        return user if self.provider.tells_in_token else {"sub": user["sub"]}

    def get_compatible_claims(self, _request: Any) -> dict[str, Any]:
        now = int(time.time())
        issuer = self.provider.issuer
        return {"iss": issuer, "aud": [CLIENT_ID], "exp": now + 300, "iat": now}

    def get_encode_header(self, _client: Any) -> dict[str, str]:
        return {"alg": self.provider.algorithm, "kid": str(self.provider.key.kid)}

    def resolve_client_private_key(self, _client: Any) -> Key:
        return self.provider.key

    def process_token(self, grant: Any, response: Any) -> Any:
        token = super().process_token(grant, response)
        claims = jwt.decode(token["id_token"], self.provider.key, [self.provider.algorithm]).claims
        token["id_token"] = self.provider.sign({**claims, **self.provider.claims})
        return token


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server, over WSGI and with its rows in memory."""

    def __init__(self, provider: "OidcProvider") -> None:
        super().__init__()
        self.provider = provider
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda *_a, **_k: generate_token(42))
        )
        self.register_grant(CodeGrant, [IdTokens(provider), CodeChallenge(required=True)])

    def query_client(self, client_id: str) -> RelyingParty | None:
        return RelyingParty() if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        self.provider.tokens[token["access_token"]] = request.user

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        method, headers, sent = request
        made = OAuth2Request(method, "https://provider.example", headers=headers)
        made.payload = BasicOAuth2Payload(sent)
        # Where Authlib looks for the two halves: what was sent comes from one of them.
        type(made).args = property(lambda self: self.payload.data)
        type(made).form = property(lambda self: self.payload.data)
        return made

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        return f"{status} told", list(headers), body

    def send_signal(self, *_args: Any, **_kwargs: Any) -> None:
        return


@dataclass
class OidcProvider:
    """What the provider is and does; a test changes it while it runs."""

    issuer: str
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "p-1",
            "email": "Dora@Example.org",
            "email_verified": True,
            "name": "Dora",
        }
    )
    key: ECKey | RSAKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "e1"}))
    algorithm: str = "ES256"
    published: list[Key] | None = None
    """``None`` = the key that signs."""
    tells_in_token: bool = True
    discovery: dict[str, Any] = field(default_factory=dict)
    """What the discovery document says otherwise."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What ID tokens say otherwise."""
    signer: Callable[[dict[str, Any]], str] | None = None
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    """What is answered in the place of an endpoint, by its path."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = Server(self)

    def settings(self, **options: Any) -> dict[str, Any]:
        """Its entry in ``OIDC_PROVIDERS``."""
        entry = {"id": "acme", "name": "Acme", "issuer": self.issuer, "client_id": CLIENT_ID}
        return {**entry, **options}

    def sign(self, claims: dict[str, Any]) -> str:
        if self.signer is not None:
            return self.signer(claims)
        header = {"alg": self.algorithm, "kid": str(self.key.kid)}
        return jwt.encode(header, claims, self.key, [self.algorithm])

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": f"r{time.monotonic_ns()}"})
        self.algorithm = "RS256"

    def answer(self, path: str, request: tuple[str, Mapping[str, str], dict[str, str]]) -> Answer:
        access = request[1].get("Authorization", "").removeprefix("Bearer ")
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]()
        told: Answer
        match path:
            case "/.well-known/openid-configuration":
                told = "200 OK", JSON, self._document()
            case "/keys":
                public = [key.as_dict(private=False) for key in self.published or [self.key]]
                told = "200 OK", JSON, {"keys": [*public, {"kty": "oct", "k": "AAAA"}, 5]}
            case "/authorize":
                grant = self.server.get_consent_grant(request, end_user=self.person)
                told = self.server.create_authorization_response(
                    request, grant_user=self.person, grant=grant
                )
            case "/token":
                told = self.server.create_token_response(request)
            case "/userinfo":
                told = "200 OK", JSON, self.tokens.get(access, {})
            case _:
                told = "404 Not Found", JSON, {}
        return told

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            **self.discovery,
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size).decode() if size else ""
        sent = dict(parse_qsl(environ.get("QUERY_STRING") or body))
        headers = {"Authorization": environ.get("HTTP_AUTHORIZATION", "")}
        status, named, answer = self.answer(
            environ["PATH_INFO"], (environ["REQUEST_METHOD"], headers, sent)
        )
        start_response(status, named)
        match answer:
            case dict():
                yield orjson.dumps(answer)
            case str():
                yield answer.encode()
            case None | "":
                yield b""
            case _:
                yield from answer


class _Handler(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Nothing: a test says what it expects."""


class _Server(WSGIServer):
    def handle_error(self, *_arguments: Any) -> None:
        """Nothing: a client that hangs up is what some tests are about."""


ServerHandler.log_exception = lambda *_arguments: None  # type: ignore[method-assign]


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """A provider that listens on this machine until the block ends."""
    port = free_port()
    provider = OidcProvider(f"http://127.0.0.1:{port}")
    with make_server("127.0.0.1", port, provider, _Server, _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join(5)
