"""The bodies of the routes for second factors and passkeys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts import selectors
from accounts.api.responses import explained
from accounts.models import Passkey, Session
from accounts.services.passkeys import PasskeyAnswer
from accounts.services.second_step import SecondProof
from platform_site.kit.rest.serializers import StrictSerializer

STATE_MAX_LENGTH = 4096
OBJECT = {"serializer_field": serializers.DictField()}


def mode_field() -> serializers.ChoiceField:
    """As at `LoginIn`."""
    return serializers.ChoiceField(choices=["cookie", "token"], required=False, default="cookie")


def code_field(*, required: bool = True) -> serializers.CharField:
    """Six digits, and room for what people type between them."""
    return serializers.CharField(max_length=12, required=required, write_only=True)


def sealed_field(*, required: bool = True) -> serializers.CharField:
    """A challenge or a state, as it was given."""
    return serializers.CharField(max_length=STATE_MAX_LENGTH, required=required, write_only=True)


class OtpCodeIn(StrictSerializer):
    """What the authenticator shows now."""

    code = code_field()


class PasskeyAddIn(StrictSerializer):
    """``credential`` is what the browser made (WebAuthn, RegistrationResponseJSON)."""

    state = sealed_field()
    credential = serializers.DictField(write_only=True)
    name = serializers.CharField(max_length=80)


class PasskeyNameIn(StrictSerializer):
    """What the person calls it."""

    name = serializers.CharField(max_length=80)


class PasskeyAnswerIn(StrictSerializer):
    """``credential`` is the browser's answer (WebAuthn, AuthenticationResponseJSON)."""

    state = sealed_field()
    credential = serializers.DictField(write_only=True)
    mode = mode_field()


class ChallengeIn(StrictSerializer):
    """From the refusal `second_factor_required`."""

    challenge = sealed_field()


class SecondFactorIn(StrictSerializer):
    """The challenge with one proof: a code, a recovery code, or a passkey's answer."""

    one_of = ("code", "recovery_code", "credential")
    rules = {"dependentRequired": {"credential": ["state"]}}

    challenge = sealed_field()
    code = code_field(required=False)
    recovery_code = serializers.CharField(max_length=40, required=False, write_only=True)
    state = sealed_field(required=False)
    credential = serializers.DictField(required=False, write_only=True)
    remember_device = serializers.BooleanField(required=False, default=False)
    mode = mode_field()


class ReauthenticateIn(StrictSerializer):
    """One proof of who the caller is."""

    one_of = ("password", "code", "credential")
    rules = {"dependentRequired": {"credential": ["state"]}}

    password = serializers.CharField(
        max_length=128, trim_whitespace=False, required=False, write_only=True
    )
    code = code_field(required=False)
    state = sealed_field(required=False)
    credential = serializers.DictField(required=False, write_only=True)


@dataclass(frozen=True, slots=True)
class OtpOut:
    """The authenticator app."""

    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class PasskeyOut:
    """A passkey; never its key."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool = field(metadata=explained("Whether there is a copy of it elsewhere."))
    device_bound: bool = field(metadata=explained("Whether it never leaves its device."))


@dataclass(frozen=True, slots=True)
class PasskeyAddedOut:
    """The new passkey."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool
    device_bound: bool
    recovery_codes: list[str] = field(
        metadata=explained("Shown this once, with the first factor; empty otherwise.")
    )


@dataclass(frozen=True, slots=True)
class RememberedDeviceOut:
    """A browser where the second factor is not asked for."""

    id: UUID
    device: str = field(metadata=explained("The user agent's own words."))
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FactorsOut:
    """What the account proves beside a password."""

    otp: OtpOut | None
    recovery_codes_left: int
    passkeys: list[PasskeyOut]
    remembered_devices: list[RememberedDeviceOut]


@dataclass(frozen=True, slots=True, repr=False)
class OtpSetupOut:
    """For an authenticator app, shown this once: the secret in base32, as URI and as QR code."""

    secret: str
    uri: str
    qr_svg: str


@dataclass(frozen=True, slots=True, repr=False)
class RecoveryCodesOut:
    """Shown this once; each is good once."""

    recovery_codes: list[str]


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyOptionsOut:
    """For `navigator.credentials`, in WebAuthn's JSON; `state` is sent back with the answer."""

    options: dict[str, Any] = field(metadata=OBJECT)
    state: str


def passkey_response(passkey: Passkey) -> PasskeyOut:
    """One of the caller's passkeys."""
    return PasskeyOut(
        id=passkey.id,
        name=passkey.name,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
        backed_up=passkey.backed_up,
        device_bound=not passkey.backup_eligible,
    )


def factors_response(session: Session) -> FactorsOut:
    """The factors of whoever is signed in by ``session``."""
    confirmed_at = selectors.authenticator_confirmed_at(user_id=session.user_id)
    return FactorsOut(
        otp=OtpOut(confirmed_at) if confirmed_at else None,
        recovery_codes_left=selectors.recovery_codes_left(user_id=session.user_id),
        passkeys=[
            passkey_response(passkey)
            for passkey in selectors.passkeys_of_user(user_id=session.user_id)
        ],
        remembered_devices=[
            RememberedDeviceOut(row.id, row.device, row.created_at, row.expires_at)
            for row in selectors.remembered_devices(user=session.user)
        ],
    )


def passkey_answer(values: Mapping[str, Any]) -> PasskeyAnswer | None:
    """The passkey's answer among validated ``values``, if there is one."""
    if "credential" not in values:
        return None
    return PasskeyAnswer(state=values.get("state", ""), credential=values["credential"])


def second_proof(values: Mapping[str, Any]) -> SecondProof:
    """The proof among validated ``values``."""
    return SecondProof(
        code=values.get("code"),
        recovery_code=values.get("recovery_code"),
        passkey=passkey_answer(values),
    )
