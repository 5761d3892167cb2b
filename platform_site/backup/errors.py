"""Why a backup or a restore is refused or stops, in words for the one who runs it."""


class BackupError(Exception):
    """What was asked cannot be done; the message says why and what helps."""


class Damaged(BackupError):
    """What is kept is not what was saved: cut short, changed, or sealed with another key."""


class WrongKey(BackupError):
    """The passphrase does not open this backup."""


class Harmful(BackupError):
    """It could be done and would do harm."""
