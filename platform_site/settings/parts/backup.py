"""Where backups are kept, the passphrase that opens them, and how long they stay."""

from platform_site.kit import env

BACKUP_URL = env.text(
    "BACKUP_URL", about="Where backups are kept: s3://bucket/prefix, or file:///directory."
)
BACKUP_KEY = env.secret(
    "BACKUP_KEY",
    min_length=16,
    about="Passphrase of the backups: whoever has it and them has everything.",
)
BACKUP_STORE = {
    "endpoint_url": env.text(
        "BACKUP_S3_ENDPOINT_URL",
        "",
        about="URL of the S3 API that keeps backups; empty: that of AWS.",
    ),
    "region_name": env.text(
        "BACKUP_S3_REGION", "us-east-1", about="Region of the bucket of backups."
    ),
    "access_key": env.text(
        "BACKUP_S3_ACCESS_KEY_ID", "", about="Access key id of the user of the bucket of backups."
    ),
    "secret_key": env.text(
        "BACKUP_S3_SECRET_ACCESS_KEY",
        "",
        is_secret=True,
        about="Secret access key of the user of the bucket of backups.",
    ),
}
REHEARSAL_DIRECTORY = env.text(
    "REHEARSAL_DIRECTORY",
    "/tmp/rehearsals",  # noqa: S108 - made for its owner alone
    about="Directory in which a backup is restored on trial; with room for all of it.",
)
REHEARSAL_DATABASE_URL = env.text(
    "REHEARSAL_DATABASE_URL",
    "",
    is_secret=True,
    about="URL of a PostgreSQL server that is there for rehearsals, with a user who may make "
    "databases.",
)
REHEARSAL_ARCHIVE = env.text(
    "REHEARSAL_ARCHIVE",
    "",
    about="Program that restores the archive of the database for a rehearsal (pgbackrest.sh of "
    "components/backup), with the archive's variables beside it.",
)
BACKUP_HASHED_MOST = env.integer(
    "BACKUP_HASHED_MOST",
    100_000,
    about="Objects of which a restore and a rehearsal compare the hash; of more, a random sample "
    "of so many, and the sizes of all.",
)
BACKUP_ENGINE = env.text(
    "BACKUP_ENGINE",
    "",
    about="How the database is saved: archive, where it keeps one; empty: sqlite or pg_dump.",
)
BACKUP_KEEP = {
    "daily": env.integer(
        "BACKUP_KEEP_DAILY", 7, about="Days of which the last backup is kept, counted from today."
    ),
    "weekly": env.integer("BACKUP_KEEP_WEEKLY", 4, about="Weeks of which the last backup is kept."),
    "monthly": env.integer(
        "BACKUP_KEEP_MONTHLY", 6, about="Months of which the last backup is kept."
    ),
}
