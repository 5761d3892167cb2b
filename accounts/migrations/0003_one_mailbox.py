"""Addresses get the one spelling of their mailbox: a domain in punycode is that in letters."""

import logging

from django.db import migrations

from accounts.fields import normalized_email

log = logging.getLogger(__name__)


def respell(apps, schema_editor):
    """Where two accounts have one mailbox, who signed in last keeps it; the other is closed.

    The closed one's address names its id, for the staff to find it by; its images stay.
    """
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    mailboxes = {}
    for row in users.order_by("created_at").values("id", "email", "last_login").iterator():
        mailbox = normalized_email(row["email"])
        if mailbox != row["email"]:
            mailboxes.setdefault(mailbox, []).append(row)
    for mailbox, rows in mailboxes.items():
        same = users.filter(email=mailbox).values("id", "email", "last_login").first()
        rows += [same] if same and same["id"] not in {row["id"] for row in rows} else []
        signed_in = [row for row in rows if row["last_login"]]
        keeper = max(signed_in, key=lambda row: row["last_login"]) if signed_in else rows[0]
        for row in rows:
            if row is not keeper:
                log.warning("account %s is closed: its mailbox is that of %s", row["id"], keeper["id"])
                users.filter(id=row["id"]).update(
                    email=f"{row['id']}@duplicate.invalid", is_active=False
                )
        users.filter(id=keeper["id"]).update(email=mailbox)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_sign_in_unlocked_and_signed_out"),
    ]

    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]
