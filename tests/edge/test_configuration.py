"""The templates render completely, for a process without rights on a read-only root."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.edge.rendering import (
    TEMPLATES,
    configuration_write,
    substituted,
    variables_with_defaults,
)
from tests.edge.server import nginx_binary
from tests.needs import missing

REQUIRED = {
    "GATEWAY_UPSTREAM": "gateway.platform.svc.cluster.local:3000",
    "AUTH_UPSTREAM": "auth.platform.svc.cluster.local:8080",
    "IMAGES_UPSTREAM": "images.platform.svc.cluster.local:5000",
}
OWN_VARIABLE = re.compile(r"\$\{([A-Z_]+)\}")


def _variables(tmp_path: Path, **others: str) -> dict[str, str]:
    given = {**REQUIRED, "RUN_DIR": str(tmp_path), "CACHE_DIR": str(tmp_path), **others}
    return variables_with_defaults(given)


def _used() -> set[str]:
    return {
        name
        for template in TEMPLATES.glob("*.template")
        for name in OWN_VARIABLE.findall(template.read_text())
    }


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_a_required_variable_that_is_missing_is_named(missing: str) -> None:
    given = {name: value for name, value in REQUIRED.items() if name != missing}

    with pytest.raises(subprocess.CalledProcessError) as refused:
        variables_with_defaults(given)

    assert missing in refused.value.stderr


def test_every_variable_has_a_value_and_every_value_a_use(tmp_path: Path) -> None:
    variables = _variables(tmp_path)
    named = re.findall("[A-Z_]+", variables["NGINX_ENVSUBST_FILTER"])

    assert _used() == set(named)
    assert set(named) <= variables.keys()


def test_nothing_is_left_to_fill_in_and_nginx_accepts_it(tmp_path: Path) -> None:
    main = configuration_write(_variables(tmp_path, CLIENT_ADDRESS_FROM="10.0.0.0/8,fd00::/8"))

    assert not [
        file.name for file in main.parent.iterdir() if OWN_VARIABLE.search(file.read_text())
    ]
    done = subprocess.run(
        [nginx_binary() or "nginx", "-t", "-e", "stderr", "-c", str(main)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr.replace('the "user" directive', "")


def test_only_the_two_writable_directories_are_written_to(tmp_path: Path) -> None:
    run, cache = tmp_path / "run", tmp_path / "cache"
    main = configuration_write(_variables(tmp_path, RUN_DIR=str(run), CACHE_DIR=str(cache)))
    lines = [line.split() for line in main.read_text().splitlines()]
    written = {
        words[1].rstrip(";")
        for words in lines
        if words and (words[0] in {"pid", "error_log"} or words[0].endswith("_temp_path"))
    }

    temporary = ("client", "proxy", "fastcgi", "uwsgi", "scgi")
    assert written == {
        "stderr",
        str(run / "nginx.pid"),
        *(str(cache / f"{kind}_temp") for kind in temporary),
    }


def test_a_variable_called_like_one_of_nginxs_is_not_filled_in(tmp_path: Path) -> None:
    main = configuration_write({**_variables(tmp_path), "uri": "/evil", "host": "evil"})

    assert "evil" not in "".join(
        file.read_text() for file in main.parent.iterdir() if file.is_file()
    )


@pytest.mark.parametrize(
    ("resolver", "given", "asked"),
    [
        ("10.0.0.10", {}, "off"),
        ("[fd00::a]", {}, "on"),
        ("10.0.0.10", {"RESOLVER_AAAA": "on"}, "on"),
    ],
)
def test_addresses_of_ipv6_are_asked_for_where_the_name_server_has_one(
    tmp_path: Path, resolver: str, given: dict[str, str], asked: str
) -> None:
    assert _variables(tmp_path, RESOLVER=resolver, **given)["RESOLVER_AAAA"] == asked


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, "img-src 'self' data: blob:; "),
        (
            {"PICTURE_ORIGINS": "https://pictures.example.org"},
            "img-src 'self' data: blob: https://pictures.example.org; ",
        ),
    ],
)
def test_the_page_may_show_pictures_of_another_origin_when_told(
    tmp_path: Path, given: dict[str, str], allowed: str
) -> None:
    main = configuration_write(_variables(tmp_path, **given))

    assert allowed in (main.parent / "variables.conf").read_text()


def test_nobody_is_believed_about_addresses_by_default(tmp_path: Path) -> None:
    variables = _variables(tmp_path)

    assert variables["REAL_IP_FROM"] == variables["INGRESS_NETWORKS"] == ""


def test_the_renderer_of_these_tests_does_what_envsubst_does(tmp_path: Path) -> None:
    envsubst = shutil.which("envsubst") or ""
    if not envsubst:
        missing("envsubst is not installed; install it: apt-get install gettext-base")
    variables = {name: f"<{name}>" for name in _variables(tmp_path)}
    names = " ".join(f"${{{name}}}" for name in variables)
    for template in TEMPLATES.glob("*.template"):
        text = template.read_text()
        real = subprocess.run(
            [envsubst, names], input=text, env=variables, capture_output=True, text=True, check=True
        ).stdout
        assert substituted(text, variables) == real
