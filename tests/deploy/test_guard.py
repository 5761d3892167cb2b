"""The guard that the cluster keeps: objects of one overlay only, evaluated as it is written."""

from typing import Any

import pytest

from deploy.k8s.tools.objects import Object
from tests.deploy.gates import cel
from tests.deploy.workspace import Workspace, named

LABEL = "image-platform/overlay"
NAME = "image-platform-one-overlay"


def test_every_object_wears_its_overlay_for_the_clusters_guard(workspace: Workspace) -> None:
    for overlay in ("platform", "dev", "headless"):
        assert {
            item["metadata"]["labels"]["image-platform/overlay"]
            for item in workspace.render(overlay)
        } == {overlay}


def test_the_guard_denies_and_covers_the_platforms_groups(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    policy = named(rendered, "ValidatingAdmissionPolicy", NAME)["spec"]
    (rule,) = policy["matchConstraints"]["resourceRules"]
    groups = {group_of(item) for item in rendered if item["metadata"].get("namespace")}
    assert groups <= set(rule["apiGroups"])
    binding = named(rendered, "ValidatingAdmissionPolicyBinding", NAME)
    assert binding["spec"]["validationActions"] == ["Deny"]
    assert policy["failurePolicy"] == "Fail"


def group_of(item: Object) -> str:
    """The API group; the core's is empty."""
    group, _, version = item["apiVersion"].rpartition("/")
    return group if version else ""


def thing(overlay: str | None) -> Object:
    """An object that wears ``overlay``, or no label at all."""
    return {"metadata": {"name": "x"} if overlay is None else {"labels": {LABEL: overlay}}}


def admitted(
    workspace: Workspace, kind: str, item: Object, *, before: Object | None, here: Object | None
) -> tuple[bool, str]:
    """Whether the guard lets ``item`` pass, and what it would say; ``here`` is its namespace."""
    spec = named(workspace.render("platform"), "ValidatingAdmissionPolicy", NAME)["spec"]
    names: dict[str, Any] = {
        "object": item, "oldObject": before, "namespaceObject": here,
        "request": {"kind": {"kind": kind}},
    }  # fmt: skip
    (variable,) = spec["variables"]
    found = cel.evaluated(variable["expression"], **names)
    variables = type("Variables", (), {variable["name"]: found})
    (rule,) = spec["validations"]
    passes = bool(cel.evaluated(rule["expression"], variables=variables, **names))
    said = rule["messageExpression"]
    return passes, "" if passes else cel.evaluated(said, variables=variables, **names)


@pytest.mark.parametrize(
    ("item", "here", "passes"),
    [
        ("platform", "platform", True),
        ("dev", "platform", False),
        (None, "platform", False),
        ("platform", None, True),
        ("dev", "dev", True),
    ],
)
def test_an_object_passes_when_it_is_of_its_namespaces_overlay(
    workspace: Workspace, item: str | None, here: str | None, *, passes: bool
) -> None:
    found, said = admitted(workspace, "Deployment", thing(item), before=None, here=thing(here))
    assert found is passes
    assert passes or said.startswith('The overlay "platform" is applied here;')


@pytest.mark.parametrize(
    ("before", "after", "passes"),
    [(None, "platform", True), ("platform", "platform", True), ("platform", "dev", False)],
)
def test_a_namespace_keeps_the_overlay_that_it_has(
    workspace: Workspace, before: str | None, after: str, *, passes: bool
) -> None:
    old = None if before is None else thing(before)
    found, _ = admitted(workspace, "Namespace", thing(after), before=old, here=None)
    assert found is passes


def test_an_expression_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="not understood"):
        cel.evaluated("object.metadata.labels.exists(x, x == 'a')", object=thing(None))
