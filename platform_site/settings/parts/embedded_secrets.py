"""Makes the embedded role's key material on its first start and points the readers at it."""

import os
from pathlib import Path

from platform_site.secrets import generation
from platform_site.kit import env

VAR_DIR = Path(
    env.text(
        "VAR_DIR",
        "",
        about="Directory of all data of the embedded role; empty: var/ of the checkout.",
    )
    or Path(__file__).resolve().parents[3] / "var"
)
_DIRECTORY = VAR_DIR / "secrets"
_FILES = {
    "DJANGO_SECRET_KEY": "django-secret-key",
    "SIGNING_KEYS": "signing-keys.json",
    "SERVICE_CLIENTS": "service-clients.json",
    "JWKS": "jwks.json",
    "SERVICE_CLIENT_SECRET": "service-client-secret",
    "DELIVERY_KEYS": "delivery-keys.json",
}

VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
generation.embedded_ensure(_DIRECTORY)
for _name, _file in _FILES.items():
    if _name not in os.environ:
        os.environ.setdefault(f"{_name}_FILE", str(_DIRECTORY / _file))
for _role in ("auth", "images"):
    os.environ.setdefault(f"{_role.upper()}_URL", f"inprocess:platform_site.urls.{_role}")
os.environ.setdefault("BROKER_URL", "filesystem://localhost/")
os.environ.setdefault("SWEEP_INTERVAL_S", "5")
