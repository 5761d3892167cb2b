"""The environment that each role gets from its manifest, and Python run in it and nothing else."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_site.kit.identifiers import random_token
from platform_site.secrets.generation import KeyMaterial
from tests.servers.processes import KEPT, ROOT

NO_ROLES = {"base", "embedded", "test_embedded"}
"""Settings that no process of its own has in a cluster."""
ROLES = tuple(
    file.stem
    for file in sorted((ROOT / "platform_site" / "settings").glob("[a-z]*.py"))
    if file.stem not in NO_ROLES
)
APPS = {
    "auth": {"accounts"},
    "gateway": {"gateway"},
    "images": {"images"},
    "worker": {"images"},
    "scheduler": {"images"},  # what is due, and when
    "admin": {"accounts", "images"},
    "migrate": {"accounts", "images"},
    "backup": {"accounts", "images"},
    "rollout": set(),
}
NOBODY = "127.0.0.1:9"
"""The discard port: nobody listens there."""

PUBLIC = {
    "auth": {
        "auth/register",
        "auth/login",
        "auth/login/passkey",
        "auth/login/passkey/options",
        "auth/login/second-factor",
        "auth/login/second-factor/options",
        "auth/refresh",
        "auth/password/reset",
        "auth/password/confirm",
        "auth/email/verify",
        "auth/email/confirm",
        "auth/sign-in-options",
        "auth/revoke",
        "auth/sso/<slug:provider>/begin",
        "auth/sso/<slug:provider>/callback",
        ".well-known/jwks.json",
        "auth/receipt-keys",
        "internal/v1/token",
    },
    "gateway": {"api/v1/status", "api/v1/schema", "api/v1/docs"},
    "images": {"i/<path:rest>"},
}
"""What may be asked for without an access token: the way in, public keys, signed addresses."""

DATABASE = {"DATABASE_URL": f"postgresql://role:a-word-of-the-database@{NOBODY}/platform"}
CACHE = {"CACHE_URL": f"redis://role:a-word-of-the-cache@{NOBODY}/0"}
BROKER = {"BROKER_URL": f"redis://role:a-word-of-the-broker@{NOBODY}/0"}
STORE = {
    "S3_BUCKET": "images",
    "S3_ENDPOINT_URL": f"http://{NOBODY}",
    "S3_ACCESS_KEY_ID": "images",
}


@dataclass
class Manifests:
    """One platform's environments by role. Addresses lead to nobody until a test says otherwise."""

    material: KeyMaterial = field(default_factory=KeyMaterial)

    def environment(self, role: str) -> dict[str, str]:
        jwks = {"JWKS": self.material.verifier()["jwks.json"]}
        delivery = {"DELIVERY_KEYS": self.material.delivery()["delivery-keys.json"]}
        accounts = {"ACCOUNT_KEYS": self.material.accounts()["account-keys.json"]}
        store = {**STORE, "S3_SECRET_ACCESS_KEY": self.material.store_password}
        library = {**jwks, **DATABASE, **CACHE, **BROKER, **store, **delivery}
        own: dict[str, dict[str, str]] = {
            "auth": {
                **jwks,
                **DATABASE,
                **CACHE,
                **accounts,
                "SIGNING_KEYS": self.material.auth()["signing-keys.json"],
                "IMAGES_URL": f"http://{NOBODY}",
                "SERVICE_CLIENTS": self.material.auth()["service-clients.json"],
            },
            "gateway": {
                **jwks,
                **CACHE,
                "AUTH_URL": f"http://{NOBODY}",
                "IMAGES_URL": f"http://{NOBODY}",
                "SERVICE_CLIENT_SECRET": self.material.gateway_secret,
            },
            "images": library,
            "worker": library,
            "admin": {**library, **accounts},
            "scheduler": BROKER,
            "migrate": DATABASE,
            "backup": {
                **DATABASE,
                **store,
                "BACKUP_URL": "s3://backups/platform",
                "BACKUP_KEY": self.material.backup_key,
            },
            "rollout": {},
        }
        return {
            "DJANGO_SETTINGS_MODULE": f"platform_site.settings.{role}",
            "DJANGO_SECRET_KEY": random_token(50),
            "LOG_LEVEL": "ERROR",
            **own[role],
        }


def python(
    *arguments: str, environment: Mapping[str, str], timeout_s: float = 60.0
) -> "subprocess.CompletedProcess[str]":
    """Run Python at the root of the project in ``environment`` alone, to its end."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", *arguments],
        env={**kept, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
