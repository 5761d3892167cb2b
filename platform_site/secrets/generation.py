"""Makes every key and password of a platform, written so that each role gets only its own."""

import base64
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from platform_site import redis_users
from platform_site.kit.identifiers import random_token

Files = Mapping[str, str]
DATABASE_ROLES: Final = ("auth", "images", "admin", "backup")


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeyPair:
    """One ES256 key: its private half for auth, its public half for everybody."""

    kid: str
    private_pem: str
    public: Mapping[str, Any]

    @property
    def entry(self) -> dict[str, str]:
        """How the key stands in ``SIGNING_KEYS``; it may sign from now on."""
        return self.entry_from(datetime.now(UTC))

    def entry_from(self, moment: datetime) -> dict[str, str]:
        """How the key stands in ``SIGNING_KEYS`` when it signs from ``moment`` (UTC) on."""
        sign_from = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"kid": self.kid, "sign_from": sign_from, "private_pem": self.private_pem}


def signing_key(private_pem: str = "") -> SigningKeyPair:
    """That P-256 key, or a new one; its ``kid`` is the RFC 7638 thumbprint."""
    private: Any = (
        load_pem_private_key(private_pem.encode(), password=None)
        if private_pem
        else ec.generate_private_key(ec.SECP256R1())
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = ECAlgorithm(ECAlgorithm.SHA256).to_jwk(private.public_key(), as_dict=True)
    kid = _thumbprint(public)
    return SigningKeyPair(kid, pem, {**public, "kid": kid, "use": "sig", "alg": "ES256"})


def webhook_secret() -> str:
    """A secret that signs webhooks, in the form of Standard Webhooks."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class KeyMaterial:
    """One consistent set: what two roles share is made once."""

    signing: SigningKeyPair = field(default_factory=signing_key)
    gateway_secret: str = field(default_factory=random_token)
    delivery_key: str = field(default_factory=lambda: secrets.token_hex(32))
    account_key: str = field(default_factory=lambda: secrets.token_hex(32))
    webhook_secret: str = field(default_factory=webhook_secret)
    backup_key: str = field(default_factory=random_token)
    database: Mapping[str, str] = field(
        default_factory=lambda: {role: random_token(24) for role in ("owner", *DATABASE_ROLES)}
    )
    database_users: Mapping[str, str] = field(default_factory=dict)
    """Who a role is in the database, where it is not the user of its name: users take turns."""
    broker: Mapping[str, str] = field(
        default_factory=lambda: {user: random_token(24) for user in redis_users.BROKER}
    )
    cache: Mapping[str, str] = field(
        default_factory=lambda: {user: random_token(24) for user in redis_users.CACHE}
    )
    store_root_password: str = field(default_factory=lambda: random_token(24))
    store_password: str = field(default_factory=lambda: random_token(24))

    def auth(self) -> Files:
        """What only auth holds: the private key and the credentials that it checks."""
        return {
            "signing-keys.json": json.dumps({"keys": [self.signing.entry]}),
            "service-clients.json": json.dumps({"gateway": self.gateway_secret}),
        }

    def verifier(self) -> Files:
        """The published keys, to start from when auth cannot be asked."""
        return {"jwks.json": json.dumps({"keys": [dict(self.signing.public)]})}

    def gateway(self) -> Files:
        """The credential that the gateway shows to auth."""
        return {"service-client-secret": self.gateway_secret}

    def delivery(self) -> Files:
        """The key that signs delivery URLs."""
        return {"delivery-keys.json": json.dumps({"d1": self.delivery_key})}

    def accounts(self) -> Files:
        """The key of what the rows of accounts keep secret."""
        return {"account-keys.json": json.dumps({"a1": self.account_key})}

    def backup(self) -> Files:
        """The passphrase of the backups."""
        return {"backup-key": self.backup_key}

    def database_url(self, role: str) -> Files:
        """The URL of the database for the database user of ``role``."""
        password = quote(self.database[role], safe="")
        user = quote(self.database_users.get(role, role), safe="")
        return {"database-url": f"postgresql://{user}:{password}@postgresql:5432/platform"}

    def cache_url(self, role: str) -> Files:
        """The URL of the cache for its user ``role``."""
        password = quote(self.cache[role], safe="")
        return {"cache-url": f"redis://{role}:{password}@redis-cache:6379/0"}

    def broker_url(self, role: str) -> Files:
        """The URL of the task queue for its user ``role``."""
        password = quote(self.broker[role], safe="")
        return {"broker-url": f"redis://{role}:{password}@redis-broker:6379/0"}

    def redis(self, server: str) -> Files:
        """What the Redis ``server`` (cache or broker) itself is given: its users, by digest."""
        words = {"cache": self.cache, "broker": self.broker}[server]
        own = {name: words[name] for name in redis_users.SERVICES if name in words}
        return {
            "users.acl": redis_users.acl_file(server, words),
            **{f"{name}-password": word for name, word in own.items()},
        }

    def store(self) -> Files:
        """The bucket's least-rights user."""
        return {"s3-access-key-id": "images", "s3-secret-access-key": self.store_password}


def embedded(material: KeyMaterial) -> Files:
    """Everything that the embedded role needs, in one directory."""
    return {
        "django-secret-key": random_token(50),
        **material.auth(),
        **material.verifier(),
        **material.gateway(),
        **material.delivery(),
        **material.accounts(),
        **material.backup(),
    }


def cluster(material: KeyMaterial) -> dict[str, Files]:
    """One directory a Secret: what a role does not need, it does not get."""
    servers: dict[str, Files] = {
        "postgresql": {f"{role}-password": word for role, word in material.database.items()},
        "redis-broker": {**material.redis("broker"), "keda-username": "keda"},
        "redis-cache": material.redis("cache"),
        "minio": {"root-user": "root", "root-password": material.store_root_password},
        "minio-images": {
            **material.store(),
            **{f"other-{name}": "" for name in material.store()},
        },
    }
    return {**of_roles(material), **servers}


def of_roles(material: KeyMaterial) -> dict[str, Files]:
    """The directories of the roles: what a platform is, whoever its servers are."""
    library = {**material.verifier(), **material.delivery(), **material.store()}
    redis = {
        role: {**material.cache_url(role), **material.broker_url(role)}
        for role in ("images", "worker", "admin")
    }
    roles: dict[str, Files] = {
        "auth": {
            **material.auth(),
            # Providers give these out; who has none to sign in through leaves it as it is.
            "oidc-client-secrets.json": "{}",
            "audit-webhook-secret": material.webhook_secret,
            **material.verifier(),
            **material.accounts(),
            **material.cache_url("auth"),
            **material.database_url("auth"),
        },
        "gateway": {
            **material.gateway(),
            **material.verifier(),
            **material.cache_url("gateway"),
        },
        "images": {**library, **redis["images"], **material.database_url("images")},
        "worker": {**library, **redis["worker"], **material.database_url("images")},
        "admin": {
            **library,
            **material.accounts(),
            **redis["admin"],
            **material.database_url("admin"),
        },
        "scheduler": material.broker_url("scheduler"),
        # Empty but during a rotation: the other users that are to be there as well.
        "migrate": {
            **material.database_url("owner"),
            **{f"other-database-url-{role}": "" for role in ("owner", *DATABASE_ROLES)},
        },
        "backup": {
            **material.backup(),
            **material.store(),
            **material.database_url("backup"),
            # Of the bucket of backups, where there is one: whoever runs that store gives them out.
            **{f"backup-{name}": "" for name in material.store()},
        },
    }
    return {
        role: {
            "django-secret-key": random_token(50),
            "django-secret-key-fallbacks": "",
            **files,
        }
        for role, files in roles.items()
    }


def write(directory: Path, files: Files) -> None:
    """Write ``files`` readable by their owner only (0600 in a directory of 0700).

    Raises ``FileExistsError`` rather than overwrite one.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    for name, content in files.items():
        # The mode is given at creation: between `open` and `chmod` anybody could have read the
        # file.
        descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)


def embedded_ensure(directory: Path) -> bool:
    """Make the embedded key material once; later starts keep it. Whether it was made now.

    The directory appears whole: of two first starts at once one wins, and one that is cut short
    leaves nothing behind. What stands in the directory is left as it is; a key that a former
    release did not know is added.
    """
    if directory.exists() and any(directory.iterdir()):
        material = KeyMaterial()
        for name, content in {**material.accounts(), **material.backup()}.items():
            if not (directory / name).exists():
                write(directory, {name: content})
        return False
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        write(unfinished, embedded(KeyMaterial()))
        # A rename onto a directory that is not empty fails, so the first of two starts wins.
        unfinished.rename(directory)
    except OSError:
        if not (directory / "delivery-keys.json").exists():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return True


def _thumbprint(public: Mapping[str, Any]) -> str:
    members = {name: public[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
