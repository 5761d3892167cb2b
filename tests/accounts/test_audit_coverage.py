"""Every route that changes something names the act that it records, and every act has a place.

A new route, or a new act, fails here until somebody has decided what is recorded of it.
"""

import ast
from pathlib import Path
from typing import Final

from accounts import internal_urls, urls
from accounts.services.audit_acts import IMAGE_ACTS, UNKNOWN

CHANGING: Final = ("post", "put", "patch", "delete")
SOURCES: Final = Path(urls.__file__).parent

RECORDED: Final = {
    "POST auth/register": "account.register",
    "POST auth/login": "sign_in",
    "POST auth/login/passkey": "sign_in",
    "POST auth/login/second-factor": "sign_in.second_factor",
    "POST auth/reauthenticate": "session.fresh",
    "DELETE auth/factors/otp": "factor.remove",
    "POST auth/factors/otp": "factor.begin",
    "POST auth/factors/otp/confirm": "factor.add",
    "POST auth/factors/recovery-codes": "recovery_codes.renew",
    "POST auth/passkeys": "passkey.add",
    "PATCH auth/passkeys/<uuid:passkey_id>": "passkey.rename",
    "DELETE auth/passkeys/<uuid:passkey_id>": "passkey.remove",
    "DELETE auth/remembered-devices/<uuid:device_id>": "device.forget",
    "POST auth/logout": "session.end",
    "POST auth/logout-all": "sessions.end",
    "PATCH auth/profile": "profile.change",
    "POST auth/password": "password.change",
    "POST auth/password/confirm": "password.reset",
    "POST auth/email/verify": "email.verify",
    "POST auth/email/confirm": "email.change",
    "DELETE auth/sessions/<uuid:session_id>": "session.end",
    "POST auth/api-keys": "api_key.create",
    "DELETE auth/api-keys/<uuid:key_id>": "api_key.revoke",
    "POST auth/revoke": "session.end",
    "DELETE auth/identities/<slug:identity>": "identity.unlink",
    "DELETE internal/v1/account": "account.close",
    "POST internal/v1/account/export": "export.request",
    "POST internal/v1/account/restore": "account.restore",
}
"""A route that changes something, and what it records when it did."""

NOT_RECORDED: Final = {
    "POST auth/login/passkey/options": "gives a challenge; nobody has proved anything",
    "POST auth/login/second-factor/options": "likewise",
    "POST auth/reauthenticate/options": "likewise",
    "POST auth/passkeys/options": "likewise",
    "POST auth/refresh": "once in minutes for each session; a reuse records `session.end`",
    "POST auth/password/reset": "anybody may ask for any address; the use of the link counts",
    "POST auth/email": "two mails; the address changes when both links are used",
    "POST auth/email/verification": "a mail to the address that is known",
    "POST auth/sso/<slug:provider>/begin": "writes nothing; the return is a sign-in",
    "POST auth/identities/<slug:identity>": "writes nothing; the return records `identity.link`",
    "POST internal/v1/token": "credentials of roles, every few minutes; no account is touched",
    "POST internal/v1/introspect": "a read whose question must not stand in a log",
    "POST internal/v1/api-keys/exchange": "often; `api_key.use` for another network",
}
"""A route that is a POST or PATCH and has no entry of its own, and why."""

ELSEWHERE: Final = {
    "account.delete": "housekeeping, when the day of a closed account has come",
    "account.disable": "the staff",
    "account.unlock": "the staff",
    "admin.factors_reset": "the staff",
    "admin.identity.unlink": "the staff",
    "admin.sign_in": "the staff",
    "api_key.use": "a key from a new network, or one that it is not for",
    "device.remember": "part of a second step",
    "identity.link": "GET auth/sso/<slug:provider>/callback: a provider sends the browser there",
    "image.delete": "images, of which auth takes it (`accounts/services/audit_acts.py`)",
    "image.unknown": "images, when auth does not believe it",
    "key.rotate": "the daily export, when another key signs",
    "password.check": "a wrong password, before what asks for it once more",
    "password.set_by_staff": "the staff",
    "recovery_codes.use": "part of a second step",
}
"""An act that no route above stands for, and whose it is."""

FORMS_OF_THE_STAFF: Final = "admin_audit.py"
"""The one file that makes acts of the names of pages, all of them `admin.…`."""


def routes() -> set[str]:
    return {
        f"{method.upper()} {pattern.pattern}"
        for pattern in (*urls.urlpatterns, *internal_urls.urlpatterns)
        for method in CHANGING
        if hasattr(vars(pattern.callback)["cls"], method)
    }


def acts() -> set[str]:
    """The acts that the sources record. One that is no literal fails, but for the staff's forms."""
    found = {*IMAGE_ACTS, UNKNOWN}
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and "audit_record" in ast.unparse(node.func)):
                continue
            act = node.args[0]
            if path.name == FORMS_OF_THE_STAFF:
                assert ast.unparse(act).startswith("f'admin.") or 'f"admin.' in ast.unparse(act)
                continue
            assert isinstance(act, ast.Constant), f"{path}:{node.lineno}: an act is a literal"
            found.add(str(act.value))
    return found


def test_each_route_that_changes_something_records_it_or_says_why_not() -> None:
    assert routes() == {*RECORDED, *NOT_RECORDED}
    assert not RECORDED.keys() & NOT_RECORDED.keys()


def test_each_act_has_a_place_and_each_place_an_act() -> None:
    assert acts() == {*RECORDED.values(), *ELSEWHERE}
    assert not ELSEWHERE.keys() & set(RECORDED.values())
