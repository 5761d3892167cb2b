"""Who may write what another trusts: the table of docs/architecture.md, and the manifests."""

import json
import re

import pytest

from deploy.k8s.tools.objects import of_kind
from tests.deploy.workspace import MANIFESTS, ROOT, Workspace

TABLE = (ROOT / "docs" / "architecture.md").read_text()
TABLE = TABLE.partition("## Who may write what another trusts")[2].partition("\n## ")[0]
LINES = [line for line in TABLE.splitlines() if line.startswith("| ")][1:]
TESTS = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))


def test_the_table_has_its_lines() -> None:
    assert len(LINES) >= 10
    assert {line.count("|") for line in LINES} == {6}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("|")[1].strip()[:40])
def test_each_line_names_tests_that_are_there(line: str) -> None:
    named = re.findall(r"`(test_\w+)`", line.split("|")[5])
    assert named
    for name in named:
        assert f"def {name}(" in TESTS, name


def test_no_pod_mounts_the_secret_of_another_role(workspace: Workspace) -> None:
    found = {}
    rendered = workspace.render("platform")
    for item in of_kind(rendered, "Deployment", "StatefulSet"):
        if item["metadata"]["namespace"] == "image-platform":
            volumes = item["spec"]["template"]["spec"].get("volumes", [])
            names = {volume["secret"]["secretName"] for volume in volumes if "secret" in volume}
            found[item["metadata"]["name"]] = {
                re.sub(r"-[a-z0-9]{10}$", "", name) for name in names
            }
    for name, secrets in found.items():
        role = "worker" if name.startswith("worker-") else name
        assert secrets <= {role}, name
    assert found["worker-bulk"] == {"worker"}
    assert found["frontend"] == set()


def test_the_buckets_user_has_the_rights_of_its_roles() -> None:
    policy = json.loads((MANIFESTS / "data" / "minio" / "images.json").read_text())
    places = {place for statement in policy["Statement"] for place in statement["Resource"]}
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert places == {"arn:aws:s3:::images", "arn:aws:s3:::images/*"}
    assert actions == {
        *("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
        *("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    }
