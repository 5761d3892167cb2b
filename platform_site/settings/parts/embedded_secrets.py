"""Where the embedded role keeps its data, and the keys that ``manage.py up`` has made there.

Reads and never writes. Before the first ``make up`` there are no keys; then throw-away ones in
memory stand for them, so that whoever only looks at the code (mypy, makemigrations, the OpenAPI
document) can load the role, and `START_REFUSAL` keeps it from serving anybody.
"""

from pathlib import Path

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
    "ACCOUNT_KEYS": "account-keys.json",
    "BACKUP_KEY": "backup-key",
}
_ADDED = ("account-keys.json", "backup-key")
"""A former release did not know them, and `make up` adds them."""
# An incomplete directory is not an absent one: a reader then names the file that is missing.
IS_PREPARED = _DIRECTORY.is_dir() and any(_DIRECTORY.iterdir())
START_REFUSAL = ""
if IS_PREPARED:
    env.FALLBACKS.update({f"{name}_FILE": str(_DIRECTORY / file) for name, file in _FILES.items()})
if not all((_DIRECTORY / _file).exists() for _file in _ADDED):
    from platform_site.secrets.generation import KeyMaterial, embedded

    _made = embedded(KeyMaterial())
    for _name, _file in _FILES.items():
        if not (_DIRECTORY / _file).exists() and (not IS_PREPARED or _file in _ADDED):
            env.FALLBACKS.pop(f"{_name}_FILE", None)
            env.FALLBACKS[_name] = _made[_file]
    START_REFUSAL = f"Keys are missing in {_DIRECTORY}. Run `make up`, which makes them."
for _role in ("auth", "images"):
    env.FALLBACKS[f"{_role.upper()}_URL"] = f"inprocess:platform_site.urls.{_role}"
env.FALLBACKS["BROKER_URL"] = "filesystem://localhost/"
env.FALLBACKS["BACKUP_URL"] = str(VAR_DIR / "backups")
env.FALLBACKS["SWEEP_INTERVAL_S"] = "5"
