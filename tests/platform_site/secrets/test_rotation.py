"""Keys are replaced while what the old ones signed is still believed, and each step in its turn."""

import json
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as live
from django.core import signing
from pytest_django import Settings

from accounts.errors import InvalidClient
from accounts.refresh_tokens import RefreshToken
from accounts.secret_keys import opened, peppered, sealed
from accounts.services.clients import service_token_open
from accounts.signing_keys import current_keyset
from accounts.tokens import service_lifetime_s
from images.errors import SignatureInvalid
from images.url_signing import path_signed, path_verified
from platform_site.kit import env
from platform_site.secrets import generation, key_files
from platform_site.secrets.rotated_keys import PUBLISH_AHEAD
from platform_site.secrets.rotation import JOURNAL, KINDS, OutOfOrder, rotate, standing

NOON = datetime(2099, 6, 1, 12, tzinfo=UTC)
LATER = timedelta(days=15)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for role, files in generation.cluster(generation.KeyMaterial()).items():
        generation.write(tmp_path / role, files)
    return tmp_path


@pytest.fixture(autouse=True)
def believed(settings: Settings, directory: Path) -> None:
    """The roles of this process hold what the files say."""
    use(directory, settings)


def use(directory: Path, settings: Settings) -> None:
    """What a roll-out does: the settings are read from the files again."""
    with pytest.MonkeyPatch.context() as patched:
        auth = directory / "auth"
        for name, file in {
            "KEY": auth / "django-secret-key",
            "KEYS": auth / "django-secret-key-fallbacks",
            "CLIENTS": auth / "service-clients.json",
            "DELIVERY": directory / "images" / "delivery-keys.json",
            "ACCOUNTS": auth / "account-keys.json",
        }.items():
            patched.setenv(f"{name}_FILE", str(file))
        settings.SECRET_KEY = env.secret("KEY", about="A test.")
        settings.SECRET_KEY_FALLBACKS = env.former_secrets("KEYS", about="A test.")
        settings.SERVICE_CLIENTS = env.live_secrets_by_id("CLIENTS", about="A test.")
        settings.DELIVERY_KEYS = env.keys_by_id("DELIVERY", about="A test.")
        settings.ACCOUNT_KEYS = env.keys_by_id("ACCOUNTS", about="A test.")
    settings.SIGNING_KEYS = json.loads((auth / "signing-keys.json").read_text())


def test_the_old_signing_key_verifies_until_its_last_token_is_over(
    directory: Path, settings: Settings
) -> None:
    old = current_keyset().signer().kid
    rotate(directory, "signing", "begin", now=NOON)
    use(directory, settings)
    assert current_keyset().signer(at=NOON).kid == old
    published = {key["kid"] for key in json.loads(current_keyset().document)["keys"]}
    assert len(published) == 2
    for file in key_files.holders(directory, "jwks.json"):
        assert {key["kid"] for key in json.loads(file.read_text())["keys"]} == published

    with pytest.raises(OutOfOrder, match="not known everywhere until 2099-06-01 12:15 UTC"):
        rotate(directory, "signing", "switch", now=NOON + PUBLISH_AHEAD - timedelta(seconds=1))
    signs_at = NOON + PUBLISH_AHEAD
    (new,) = published - {old}
    assert current_keyset().signer(at=signs_at).kid == new
    rotate(directory, "signing", "switch", now=signs_at)

    with pytest.raises(OutOfOrder, match="tokens that the old key signed need the old one until"):
        rotate(directory, "signing", "finish", now=signs_at + timedelta(minutes=59))
    rotate(directory, "signing", "finish", now=signs_at + timedelta(hours=1))
    use(directory, settings)
    assert [key["kid"] for key in json.loads(current_keyset().document)["keys"]] == [new]


def test_the_wait_for_tokens_is_longer_than_any_lives() -> None:
    user_s = live.ACCESS_TOKEN_LIFETIME_S
    assert KINDS["signing"].needed_for > timedelta(seconds=max(user_s, service_lifetime_s()))
    url_s = live.DELIVERY_URL_LIFETIME_S + 3600  # images/url_signing.py rounds up to the hour
    assert KINDS["delivery"].needed_for > timedelta(seconds=url_s)
    assert KINDS["django"].needed_for >= timedelta(seconds=live.REFRESH_TOKEN_LIFETIME_S)
    assert KINDS["django"].needed_for >= timedelta(seconds=live.SESSION_COOKIE_AGE)


def address(settings: Settings) -> str:
    path = path_signed(
        keys=settings.DELIVERY_KEYS, spec="small", name="x.webp", expires_at=9_999_999_600
    )
    return path.removeprefix("/i/")


def test_a_picture_url_of_the_old_key_is_good_until_the_end(
    directory: Path, settings: Settings
) -> None:
    old = address(settings)
    for step in ("begin", "switch"):
        before = settings.DELIVERY_KEYS
        rotate(directory, "delivery", step, now=NOON)
        use(directory, settings)
        path_verified(old, keys=settings.DELIVERY_KEYS, now_s=0)
        # In a roll-out the pods of before read what the new ones sign.
        path_verified(address(settings), keys=before, now_s=0)
    assert address(settings).split("/")[0] != old.split("/")[0]
    rotate(directory, "delivery", "finish", now=NOON + LATER)
    use(directory, settings)
    with pytest.raises(SignatureInvalid):
        path_verified(old, keys=settings.DELIVERY_KEYS, now_s=0)
    copies = {file.read_text() for file in key_files.holders(directory, "delivery-keys.json")}
    assert len(copies) == 1


def test_sessions_outlive_a_new_django_key(directory: Path, settings: Settings) -> None:
    signed = signing.dumps("of the admin's session")
    keys = {file.read_text() for file in key_files.holders(directory, "django-secret-key")}
    for step in ("begin", "switch"):
        before = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        rotate(directory, "django", step, now=NOON)
        use(directory, settings)
        assert signing.loads(signed) == "of the admin's session"
        # In a roll-out the pods of before read what the new ones sign.
        fresh = signing.dumps("new")
        assert signing.loads(fresh, key=before[0], fallback_keys=list(before[1:])) == "new"
    after = {file.read_text() for file in key_files.holders(directory, "django-secret-key")}
    assert not keys & after
    assert len(after) == len(keys)
    rotate(directory, "django", "finish", now=NOON + LATER)
    use(directory, settings)
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)


def test_refresh_tokens_outlive_a_new_django_key(directory: Path, settings: Settings) -> None:
    token = RefreshToken.new(uuid4()).encoded()
    for step in ("begin", "switch"):
        rotate(directory, "django", step, now=NOON)
        use(directory, settings)
        assert RefreshToken.parse(token).encoded()


def test_the_old_service_secret_works_until_the_end(directory: Path, settings: Settings) -> None:
    def tried(secret: str) -> bool:
        try:
            service_token_open(client_id="gateway", client_secret=secret, audience="images")
        except InvalidClient:
            return False
        return True

    shown = directory / "gateway" / "service-client-secret"
    old = shown.read_text()
    rotate(directory, "service", "begin", now=NOON)
    use(directory, settings)
    assert shown.read_text() == old
    assert tried(old)
    rotate(directory, "service", "switch", now=NOON)
    new = shown.read_text()
    assert new != old
    use(directory, settings)
    assert tried(old)
    assert tried(new)
    rotate(directory, "service", "finish", now=NOON)
    use(directory, settings)
    assert not tried(old)
    assert tried(new)


def test_what_rows_keep_outlives_a_new_account_key(directory: Path, settings: Settings) -> None:
    text, kept = sealed("tests", b"secret"), peppered("tests", "ip_live_x")[0]
    rotate(directory, "accounts", "begin", now=NOON)
    use(directory, settings)
    # Known everywhere before anybody seals with it.
    assert peppered("tests", "ip_live_x")[0] == kept
    rotate(directory, "accounts", "switch", now=NOON)
    use(directory, settings)
    assert opened("tests", text) == b"secret"
    newest, former = peppered("tests", "ip_live_x")
    assert (former, newest != kept) == (kept, True)
    with pytest.raises(OutOfOrder, match="API keys that were not used since"):
        rotate(directory, "accounts", "finish", now=NOON + timedelta(days=29))
    rotate(directory, "accounts", "finish", now=NOON + timedelta(days=30))
    files = {file.read_text() for file in key_files.holders(directory, "account-keys.json")}
    assert [len(json.loads(content)) for content in files] == [1]
    use(directory, settings)
    assert peppered("tests", "ip_live_x") == [newest]


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_out_of_order_changes_nothing(directory: Path, kind: str) -> None:
    def files() -> dict[str, str]:
        return contents(directory)

    before = files()
    for step in ("switch", "finish"):
        with pytest.raises(OutOfOrder, match="The next step of the rotation"):
            rotate(directory, kind, step, now=NOON)
        assert files() == before
    rotate(directory, kind, "begin", now=NOON)
    begun = files()
    with pytest.raises(OutOfOrder, match="`switch`"):
        rotate(directory, kind, "finish", now=NOON + LATER)
    assert files() == begun
    rotate(directory, kind, "switch", now=NOON + PUBLISH_AHEAD)
    rotate(directory, kind, "finish", now=NOON + PUBLISH_AHEAD, early=True)
    rotate(directory, kind, "begin", now=NOON + LATER)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_that_is_done_is_not_done_again(directory: Path, kind: str) -> None:
    moment = NOON
    for step in ("begin", "switch"):
        before = contents(directory)
        would_change = rotate(directory, kind, step, now=moment, dry_run=True)
        assert contents(directory) == before
        changed = rotate(directory, kind, step, now=moment)
        assert changed == would_change
        done = contents(directory)
        touched = {file for file in done if done[file] != before.get(file)}
        assert touched <= {str(directory / file) for file in (*(changed or ()), JOURNAL)}
        assert rotate(directory, kind, step, now=moment + LATER) is None
        assert contents(directory) == done
        moment += LATER
    assert standing(directory, kind).next == "finish"


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_that_is_killed_goes_on(
    directory: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite = key_files.rewrite
    for step in ("begin", "switch", "finish"):
        written = 0

        def dies(file: Path, content: str) -> None:
            nonlocal written
            written += 1
            if written == 3:
                raise KeyboardInterrupt
            rewrite(file, content)

        moment = NOON + LATER * (1 + ("begin", "switch", "finish").index(step))
        with monkeypatch.context() as patched:
            patched.setattr(key_files, "rewrite", dies)
            with suppress(KeyboardInterrupt):  # a step of fewer files is through before
                rotate(directory, kind, step, now=moment, early=True)
        # Whoever comes next finds it done, whatever they came for.
        others = [name for name in KINDS if name != kind and not standing(directory, name).last]
        with suppress(OutOfOrder):
            rotate(directory, others[0], "finish", now=moment)
        assert standing(directory, kind).last == ("" if step == "finish" else step)
        assert not list(directory.glob(".unfinished*"))


def contents(directory: Path) -> dict[str, str]:
    return {str(f): f.read_text() for f in directory.rglob("*") if f.is_file()}


def test_the_files_stay_their_owners(directory: Path) -> None:
    for kind in KINDS:
        rotate(directory, kind, "begin", now=NOON)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in directory.rglob("*") if file.is_file()}
    assert modes == {0o600}
