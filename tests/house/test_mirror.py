"""Every module has a test of its name, or stands here with the reason and the test that it has."""

from pathlib import Path, PurePath

import pytest

from tests.house.sources import ROOT, modules

TESTED_ELSEWHERE = {
    # Words and numbers without a branch: what they do is seen where they are used.
    "*/errors.py": ("tests/platform_site/kit/rest/test_problems.py", "refusals are data"),
    "*/metrics.py": ("tests/observability/test_counting.py", "metrics are data"),
    "*/urls.py": ("tests/platform_site/test_roles.py", "a URLconf is a table"),
    "*/internal_urls.py": ("tests/platform_site/test_roles.py", "a URLconf is a table"),
    "platform_site/urls/*.py": ("tests/platform_site/test_roles.py", "a URLconf is a table"),
    "platform_site/settings/*.py": ("tests/platform_site/test_settings.py", "a list of parts"),
    "platform_site/settings/parts/*.py": (
        "tests/platform_site/test_settings.py",
        "read by starting each role in a process of its own",
    ),
    "*/api/requests.py": (
        "tests/openapi/test_conformance.py",
        "made from the schema",
    ),
    "*/api/*_shapes.py": ("tests/openapi/test_conformance.py", "made from and held to the schema"),
    "*/api/responses.py": (
        "tests/openapi/test_conformance.py",
        "held to the schema",
    ),
    "accounts/api/pages.py": ("tests/accounts/api/test_audit.py", "links that a list follows"),
    "accounts/api/audit_shapes.py": (
        "tests/accounts/api/test_audit.py",
        "what the one route shows",
    ),
    "accounts/audit_heads.py": (
        "tests/accounts/services/test_audit_verification.py",
        "signed and believed there",
    ),
    **dict.fromkeys(
        (
            *("images/models/acts.py", "images/services/acts.py", "images/selectors/acts.py"),
            *("accounts/image_acts.py", "accounts/services/audit_acts.py"),
        ),
        (
            "tests/gateway/contracts/test_acts.py",
            "from the act to its entry, with each loss on the way",
        ),
    ),
    "accounts/services/audit_exports.py": (
        "tests/accounts/services/test_audit_verification.py",
        "what is signed is what was verified",
    ),
    "accounts/management/commands/resend_audit.py": (
        "tests/accounts/services/test_audit_delivery.py",
        "what it asks for is seen in what comes",
    ),
    "accounts/management/commands/*_audit.py": (
        "tests/accounts/services/test_audit_verification.py",
        "the commands print what the services did",
    ),
    "accounts/api/identities_shapes.py": (
        "tests/accounts/api/test_identities.py",
        "what the routes take and show",
    ),
    "accounts/api/single_sign_on.py": (
        "tests/accounts/services/test_single_sign_on.py",
        "asked there as a browser does",
    ),
    **{
        f"accounts/oidc/{name}.py": (
            "tests/accounts/services/test_single_sign_on.py",
            "against a provider that runs, behaves and misbehaves",
        )
        for name in ("calls", "id_tokens", "metadata", "sign_on")
    },
    "accounts/models/identities.py": (
        "tests/accounts/services/test_identities.py",
        "written by the service",
    ),
    "accounts/models/audit.py": ("tests/accounts/services/test_audit.py", "written by the service"),
    "accounts/api/refusals.py": ("tests/openapi/test_document.py", "words of the document"),
    "accounts/api/factor_shapes.py": (
        "tests/openapi/test_conformance.py",
        "requests made from the schema, replies held to it",
    ),
    "accounts/api/origins.py": (
        "tests/accounts/api/test_passkeys.py",
        "one line, of which passkeys are held to the outcome",
    ),
    "accounts/factor_policy.py": (
        "tests/accounts/api/test_factors.py",
        "seen in the tokens of each policy",
    ),
    "accounts/sign_in_state.py": ("tests/accounts/api/test_second_step.py", "seen in what it ends"),
    "accounts/services/authenticators.py": (
        "tests/accounts/api/test_factors.py",
        "its routes add nothing to it",
    ),
    "accounts/services/challenges.py": (
        "tests/accounts/api/test_second_step.py",
        "its routes add nothing to it",
    ),
    "accounts/services/recovery_codes.py": (
        "tests/accounts/api/test_second_step.py",
        "its routes add nothing to it",
    ),
    "accounts/services/remembered_devices.py": (
        "tests/accounts/api/test_second_step.py",
        "its routes add nothing to it",
    ),
    "accounts/services/second_step.py": (
        "tests/accounts/api/test_second_step.py",
        "its routes add nothing to it",
    ),
    "accounts/models/factors.py": ("tests/accounts/api/test_factors.py", "rows without methods"),
    "accounts/services/freshness.py": (
        "tests/accounts/api/test_reauthentication.py",
        "its routes add nothing to it",
    ),
    "accounts/services/factors.py": (
        "tests/accounts/api/test_factors.py",
        "its routes add nothing to it",
    ),
    "accounts/services/passkeys.py": (
        "tests/accounts/api/test_passkeys.py",
        "its routes add nothing to it",
    ),
    "accounts/management/commands/delete_due_accounts.py": (
        "tests/accounts/services/test_closing.py",
        "the command prints what the service did",
    ),
    "accounts/management/commands/send_mails.py": (
        "tests/accounts/services/test_mail_sending.py",
        "the command prints what the services did",
    ),
    "accounts/management/commands/reseal_accounts.py": (
        "tests/accounts/services/test_resealing.py",
        "the command prints what the services did",
    ),
    "accounts/models/api_keys.py": ("tests/accounts/services/test_api_keys.py", "fields"),
    "accounts/api/api_key_shapes.py": (
        "tests/accounts/api/test_api_keys.py",
        "what its views take",
    ),
    "accounts/api/revocation.py": (
        "tests/accounts/services/test_token_revocation.py",
        "its view adds nothing to it",
    ),
    "accounts/management/commands/verify_receipt.py": (
        "tests/accounts/services/test_receipts.py",
        "the command prints what the service found",
    ),
    "accounts/api/receipts.py": ("tests/accounts/services/test_receipts.py", "one read"),
    "accounts/models/receipts.py": ("tests/accounts/services/test_receipts.py", "fields"),
    "accounts/models/links.py": ("tests/accounts/services/test_links.py", "fields"),
    "accounts/models/mails.py": ("tests/accounts/services/test_mails.py", "fields"),
    "gateway/services/exports.py": (
        "tests/gateway/contracts/test_exports.py",
        "takes two real roles",
    ),
    "images/models/*.py": ("tests/images/test_models.py", "rows of several subjects"),
    "images/selectors/exports.py": (
        "tests/images/services/test_export_job.py",
        "read for the archive, which is opened there",
    ),
    "images/services/exports.py": ("tests/images/api/test_exports.py", "asked over HTTP"),
    "images/indexes.py": ("tests/images/test_growth.py", "EXPLAIN says which is used"),
    "gateway/responses.py": ("tests/openapi/test_conformance.py", "held to the schema"),
    "gateway/clients/api_keys.py": ("tests/gateway/test_api_keys.py", "one call, asked there"),
    "gateway/clients/types.py": (
        "tests/gateway/clients/test_upstream_calls.py",
        "fields, which are read there",
    ),
    "gateway/api/account.py": ("tests/gateway/contracts/test_account.py", "takes two real roles"),
    "gateway/services/accounts.py": (
        "tests/gateway/contracts/test_account.py",
        "takes two real roles",
    ),
    "gateway/services/overview.py": (
        "tests/gateway/api/test_overview.py",
        "its one view adds nothing to it",
    ),
    "gateway/api/views.py": ("tests/gateway/test_rate_limits.py", "the base of every other view"),
    "gateway/apps.py": ("tests/gateway/test_role.py", "read by starting the role"),
    "platform_site/backup/engines/archive.py": (
        "tests/archive/test_archive.py",
        "takes a server with an archive, under writes",
    ),
    **dict.fromkeys(
        (
            "platform_site/backup/copying.py",
            "platform_site/backup/following.py",
            "platform_site/backup/engines/sqlite.py",
            "platform_site/backup/restoring.py",
            "platform_site/backup/rows.py",
            "platform_site/backup/verification.py",
            "platform_site/management/commands/backup.py",
            "platform_site/management/commands/restore.py",
            "images/selectors/stored_objects.py",
        ),
        (
            "tests/platform_site/backup/test_making.py",
            "a platform is saved, lost, restored and compared by the commands",
        ),
    ),
    "platform_site/backup/trial_servers.py": (
        "tests/archive/test_archive.py",
        "a rehearsal makes a server of the archive that the tests there keep",
    ),
    "platform_site/backup/engines/pg_dump.py": (
        "tests/platform_site/backup/test_split.py",
        "dumps and restores a database of the tests' server",
    ),
    "platform_site/kit/stored_objects.py": (
        "tests/platform_site/backup/test_making.py",
        "fields, which are read there",
    ),
    "platform_site/celery.py": (
        "tests/observability/test_counting.py",
        "signals of Celery, which only a real worker sends",
    ),
    "platform_site/kit/tasks/killed_runs.py": (
        "tests/observability/test_counting.py",
        "a child has to be killed by the kernel",
    ),
    "platform_site/management/commands/rehearse_restore.py": (
        "tests/platform_site/backup/test_rehearsing.py",
        "run there, on a good backup and on damaged ones",
    ),
    "platform_site/backup/apps.py": (
        "tests/observability/test_live.py",
        "a worker serves the gauges that it offers",
    ),
    "platform_site/backup/models.py": ("tests/platform_site/backup/test_runs.py", "fields"),
    "platform_site/backup/selectors.py": (
        "tests/platform_site/backup/test_gauges.py",
        "read for the gauges, which say the same",
    ),
    **dict.fromkeys(
        ("platform_site/secrets/rotated_keys.py", "platform_site/secrets/staged.py"),
        ("tests/platform_site/secrets/test_rotation.py", "each step of each kind, and a cut one"),
    ),
    "platform_site/variables.py": ("tests/deploy/test_configuration.py", "readers of variables"),
}
"""Paths, and the test that looks after each, with the reason why it is not one of the same name."""


def own_test(path: Path) -> Path:
    """Where the test of a module is looked for."""
    return Path("tests") / path.with_name(f"test_{path.name}")


def elsewhere(path: Path) -> list[str]:
    """The entries of the list that speak of a module."""
    return [pattern for pattern in TESTED_ELSEWHERE if PurePath(path).match(pattern)]


def has_own_test(path: Path) -> bool:
    """Whether the test of its name is there."""
    return (ROOT / own_test(path)).exists()


def test_a_module_has_a_test_of_its_name_or_a_reason() -> None:
    found = [path for path in modules() if path.name != "__init__.py" and not has_own_test(path)]
    assert [str(path) for path in found if not elsewhere(path)] == []


@pytest.mark.parametrize("pattern", TESTED_ELSEWHERE)
def test_an_entry_speaks_of_a_module_and_names_a_test(pattern: str) -> None:
    listed = [path for path in modules() if pattern in elsewhere(path)]
    test, reason = TESTED_ELSEWHERE[pattern]
    assert not all(has_own_test(path) for path in listed)
    assert (ROOT / test).exists()
    assert reason


def test_a_module_without_a_test_is_found() -> None:
    path = Path("images/services/unheard_of.py")
    assert not has_own_test(path)
    assert elsewhere(path) == []
