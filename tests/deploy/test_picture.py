"""The diagram follows the render."""

from deploy.k8s.tools import picture
from tests.deploy.workspace import Workspace


def test_the_picture_shows_a_new_connection(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    before = picture.picture(rendered)
    (policy,) = [i for i in rendered if i["kind"] == "NetworkPolicy"
                 and (i["metadata"]["name"], i["metadata"]["namespace"])
                 == ("redis-cache", "image-platform")]  # fmt: skip
    policy["spec"]["ingress"].clear()
    assert len(before.splitlines()) - len(picture.picture(rendered).splitlines()) == 6
