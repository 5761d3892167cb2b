"""One of everything that the platform hands out, and what it is worth as a token.

Each is good somewhere, or was: a token for its audience, a link at the page that it leads to.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import jwt
import orjson
from django.conf import settings
from django.utils import timezone

from accounts.audit_heads import HeadClaims, head_sign
from accounts.models import EmailChange, Session, User
from accounts.oidc.sign_on import Proof
from accounts.owner_images import withhold_token
from accounts.secret_keys import sealed
from accounts.services import single_sign_on
from accounts.services.api_keys import api_key_create
from accounts.services.authenticators import authenticator_begin
from accounts.services.challenges import challenge_seal
from accounts.services.links import PURPOSES, link_issue
from accounts.services.passkeys import passkey_add_options, passkey_options
from accounts.services.receipts import receipt_make
from accounts.services.remembered_devices import device_remember
from accounts.services.second_step import passkey_asked
from accounts.services.sessions import TokenPair, session_begin, session_close
from accounts.sign_in_state import sign_in_states
from accounts.tokens import KEY_SCOPES, key_token_issue, service_token_issue
from images.delivery_urls import signer_now
from platform_site.kit.auth.tokens import verify_user_token
from tests.accounts.authenticators import ORIGIN
from tests.accounts.callers import PASSWORD
from tests.forged_tokens import SERVICE_FORGERIES, SERVICE_TYPE, USER_FORGERIES, USER_TYPE, expired

CLIENTS: Final = ("gateway", "images", "auth")
FORGED: Final = (
    "alg none", "HS256 with the public key", "another key under our kid", "unknown kid",
    "another issuer", "another audience", "plain typ", "the other's typ", "no subject",
    "no expiry", "not yet valid", "text",
)  # fmt: skip
"""One of each sort; `tests.forged_tokens` has all, and the verifier's own tests show it those."""


@dataclass(frozen=True)
class Shown:
    """What stands in a header, and what it is worth."""

    header: str
    audience: frozenset[str] = frozenset()
    client_id: str = ""
    """The role that a service token is of."""
    scopes: frozenset[str] = frozenset()
    refused: str = ""
    """Why nobody takes it, although it is signed, or good elsewhere."""


def everything_shown() -> dict[str, Shown]:
    """One of each kind as a header, by its name."""
    alice, left = session_of("alice"), session_of("alice")
    of_alice = Session.objects.select_related("user").get(id=alice.session_id)
    session_close(session_id=left.session_id, user_id=of_alice.user_id)
    leaving = session_of("leaving", deletion_due_at=timezone.now() + timedelta(days=1))
    held = verify_user_token(alice.access, audience="gateway")
    key = key_token_issue(user_id=held.id, key_id=uuid4(), scopes=KEY_SCOPES, lifetime_s=60)
    good = {
        "of a person": alice.access,
        "of a person for images": held.token_for("images"),
        "of a person to withhold": withhold_token(user_id=held.id),
        "of a closing account": leaving.access,
        "of the staff": session_of("staff", is_staff=True).access,
        "of a key": key,
        "of a key for images": verify_user_token(key, audience="gateway").token_for("images"),
        **{
            f"of {client} for {audience}": service_token_issue(client_id=client, audience=audience)
            for client in CLIENTS
            for audience in CLIENTS
        },
    }
    user_claims, service_claims = _claims(alice.access), _claims(good["of gateway for auth"])
    noise = {
        "nothing": "",
        "an empty bearer": "Bearer ",
        "another scheme": f"Basic {alice.access}",
        "expired": f"Bearer {expired(user_claims, typ=USER_TYPE)}",
        "an expired service": f"Bearer {expired(service_claims, typ=SERVICE_TYPE)}",
        "an ended session": f"Bearer {left.access}",
        "an ended session, for images": "Bearer "
        + verify_user_token(left.access, audience="gateway").token_for("images"),
        "a refresh token": f"Bearer {alice.refresh}",
        **{name: f"Bearer {one}" for name, one in carried_by(of_alice).items()},
        **{f"forged: {name}": f"Bearer {USER_FORGERIES[name](user_claims)}" for name in FORGED},
        **{
            f"forged service: {name}": f"Bearer {SERVICE_FORGERIES[name](service_claims)}"
            for name in FORGED
        },
    }
    # These two are good for other places: the one for the gateway, the other of no role.
    foreign = noise.pop("forged: another audience"), noise.pop("forged: the other's typ")
    strangers = (
        Shown(foreign[0], frozenset({"gateway"}), scopes=frozenset(user_claims["scope"].split())),
        Shown(foreign[1], frozenset(user_claims["aud"]), user_claims["sub"]),
    )
    return {
        **{f"of a stranger, {number}": one for number, one in enumerate(strangers)},
        **{name: Shown(header, refused=name) for name, header in noise.items()},
        **{name: _good(raw) for name, raw in good.items()},
        **{
            f"an API key for {scope}": Shown(
                f"Bearer {raw}", frozenset({"gateway"}), scopes=frozenset({scope})
            )
            for scope, raw in api_keys_of(of_alice.user).items()
        },
    }


def session_of(name: str, **fields: Any) -> TokenPair:
    """A new session of somebody, who is made if there is nobody of that ``name``."""
    user, is_new = User.objects.get_or_create(email=f"{name}@example.com", defaults=fields)
    if is_new:
        user.set_password(PASSWORD)
        user.save()
    return session_begin(user=user, methods=("pwd",), device="", address="")


def api_keys_of(user: User) -> dict[str, str]:
    """A new key of ``user`` with each single scope."""
    return {
        scope: api_key_create(
            user_id=user.id, name=scope, scopes=[scope], expires_at=None, addresses=()
        )[1]
        for scope in KEY_SCOPES
    }


def carried_by(session: Session) -> dict[str, str]:
    """What the person of ``session`` may hold beside tokens and keys, by its name."""
    user, now = session.user, datetime.now(UTC)
    export = signer_now().export_path(uuid4(), ends_at=int(time.time()) + 3600)
    receipt = receipt_make(user=user, closed_at=now, deleted_at=now, images=1, size=1)
    state, attempt = attempt_begun()
    change = EmailChange.objects.create(user=user, new_email=f"new.{user.email}")
    asked = {"change": str(change.id), "side": "old"}
    return {
        **{f"a link to {name}": link_issue(name, user_id=user.id, data=asked) for name in PURPOSES},
        "a challenge": challenge_of(user),
        "a state to add": passkey_add_options(session=session, origin=ORIGIN).state,
        "a state to sign in": passkey_options(
            "passkey.sign_in", bound_to="", origin=ORIGIN, user_id=None
        ).state,
        "a state to reauthenticate": passkey_options(
            "passkey.reauthenticate", bound_to=str(session.id), origin=ORIGIN, user_id=user.id
        ).state,
        "a state of the admin": passkey_asked(origin=ORIGIN).state,
        "a remembered device": device_remember(user=user, device="tests"),
        "a provider's state": state,
        "a provider's attempt": attempt,
        "an authenticator's secret": authenticator_begin(user=user).secret,
        "an export's address": export,
        "an export's signature": export.split("/")[4],
        "a role's secret": settings.SERVICE_CLIENT_SECRET,
        "a receipt": receipt,
        "a head of the audit": head_sign(HeadClaims(newest={}, previous=""), at=now)[1],
    }


def challenge_of(user: User) -> str:
    """What asks ``user`` for a second factor, after the password."""
    state = sign_in_states(user)[0]
    return challenge_seal("second_step", user=str(user.id), methods="pwd", provider="", state=state)


def attempt_begun() -> tuple[str, str]:
    """The state of a sign-in through a provider, and the cookie that it has to fit."""
    proof = Proof("a-state-of-this-attempt", "nonce", "verifier", ORIGIN, time.time())
    members = {"return_path": "/", "session_id": "", "user_id": ""}
    attempt = {"provider_id": "acme", "proof": asdict(proof), **members}
    return proof.state, sealed(single_sign_on.PURPOSE, orjson.dumps(attempt))


def _claims(raw: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(raw, options={"verify_signature": False})
    return claims


def _good(raw: str) -> Shown:
    claims = _claims(raw)
    audience = claims["aud"]
    return Shown(
        f"Bearer {raw}",
        frozenset([audience] if isinstance(audience, str) else audience),
        "" if "sid" in claims else claims["sub"],
        frozenset(claims.get("scope", "").split()),
    )
