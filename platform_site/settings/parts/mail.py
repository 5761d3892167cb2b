"""Mail by SMTP. Without a mail server none is written, and nothing that needs it is offered."""

from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

EMAIL_HOST = env.text(
    "EMAIL_HOST", "", about="Host of the mail server (SMTP); empty: no mail is sent."
)
EMAIL_PORT = env.integer("EMAIL_PORT", 587, about="Port of the mail server.")
EMAIL_HOST_USER = env.text(
    "EMAIL_HOST_USER", "", about="User at the mail server; empty: it asks for none."
)
EMAIL_HOST_PASSWORD = env.text(
    "EMAIL_HOST_PASSWORD", "", is_secret=True, about="Password of the user at the mail server."
)
_TLS = env.text(
    "EMAIL_TLS",
    "starttls",
    about="starttls, implicit (from the first byte, mostly port 465) or none (own network only).",
)
if _TLS not in {"starttls", "implicit", "none"}:
    raise ImproperlyConfigured("EMAIL_TLS must be starttls, implicit or none.")
EMAIL_USE_TLS, EMAIL_USE_SSL = _TLS == "starttls", _TLS == "implicit"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text(
    "EMAIL_FROM",
    "Image platform <no-reply@localhost>",
    about="Sender of every mail: an address, or a name and an address in angle brackets.",
)
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise ImproperlyConfigured("EMAIL_FROM must be an address: Photos <no-reply@photos.example>.")
EMAIL_BACKEND = "accounts.smtp.InternationalBackend"
MAILS_ENABLED = bool(EMAIL_HOST)
EMAIL_VERIFICATION = env.text(
    "EMAIL_VERIFICATION",
    "optional",
    about="required: who registers signs in only after confirming the address. optional: before.",
)
if EMAIL_VERIFICATION not in {"optional", "required"}:
    raise ImproperlyConfigured("EMAIL_VERIFICATION must be optional or required.")
