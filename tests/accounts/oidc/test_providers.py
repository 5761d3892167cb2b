import json
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.oidc.errors import ProviderNotFound
from accounts.oidc.providers import ALGORITHMS, provider_by_id, providers_known
from platform_site.kit import env

GOOD: dict[str, Any] = {
    "id": "acme",
    "name": "Acme",
    "issuer": "https://id.acme.example/realms/staff",
    "client_id": "image-platform",
}


@pytest.fixture(autouse=True)
def nothing_set(settings: Settings) -> None:
    settings.OIDC_PROVIDERS, settings.OIDC_CLIENT_SECRETS = [], {}


def test_none_are_set_up_unless_somebody_does(settings: Settings) -> None:
    assert providers_known() == {}
    with pytest.raises(ProviderNotFound):
        provider_by_id("acme")


def test_what_is_left_out_is_the_safe_choice(settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [GOOD]
    settings.OIDC_CLIENT_SECRETS = {"acme": "s" * 40}
    provider = provider_by_id("acme")
    assert (provider.scopes, provider.algorithms) == (("openid", "email", "profile"), ALGORITHMS)
    assert (provider.client_secret, provider.email_domains) == ("s" * 40, frozenset())
    assert provider.sign_up
    settings.REGISTRATION_OPEN = False
    assert not provider_by_id("acme").sign_up
    assert "s" * 40 not in repr(provider)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "Acme!"}, "id"),
        ({"name": ""}, "name"),
        ({"issuer": "http://id.acme.example"}, "https"),
        ({"issuer": "https://id.acme.example/?a=b"}, "https"),
        ({"issuer": "https://u:p@id.acme.example"}, "https"),
        ({"issuer": "https://["}, "issuer"),
        ({"client_id": 5}, "client_id"),
        ({"scopes": ["email"]}, "openid"),
        ({"scopes": "openid"}, "scopes"),
        ({"algorithms": ["HS256"]}, "algorithms"),
        ({"algorithms": ["none"]}, "algorithms"),
        ({"algorithms": []}, "algorithms"),
        ({"sign_up": "yes"}, "sign_up"),
        ({"email_domains": ["a@b.example"]}, "email_domains"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_wrong_setting_stops_the_role_and_says_which(
    settings: Settings, changes: dict[str, Any], said: str
) -> None:
    settings.OIDC_PROVIDERS = [{**GOOD, **changes}]
    with pytest.raises(ImproperlyConfigured, match=said):
        providers_known()


def test_an_id_stands_once_and_a_secret_belongs_to_one(settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [GOOD, GOOD]
    with pytest.raises(ImproperlyConfigured, match="twice"):
        providers_known()
    settings.OIDC_PROVIDERS, settings.OIDC_CLIENT_SECRETS = [GOOD], {"acne": "s" * 40}
    with pytest.raises(ImproperlyConfigured, match="acne"):
        providers_known()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*GOOD, "scopes", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([*GOOD, "scopes", "sign_up", "email_domains", "algorithms"]))
def test_any_json_is_a_setting_or_said_to_be_wrong(found: Any, key: str) -> None:
    for entries in (found, [found], [{**GOOD, key: found}]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.OIDC_PROVIDERS", json.loads(json.dumps(entries)))
            try:
                known = providers_known()
            except ImproperlyConfigured:
                continue
            assert all(provider.issuer.startswith("https://") for provider in known.values())


def test_secrets_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_SECRETS", raising=False)
    assert env.secrets_by_id("SOME_SECRETS", about="Some.", is_optional=True) == {}
