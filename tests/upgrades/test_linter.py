"""Migrations that break the running release are refused, and those that suit it are not."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.servers.processes import ROOT
from tests.upgrades import linter
from tests.upgrades.linter import REFERS, Finding, refused
from tests.upgrades.statements import Ran, heard

KEY = ("images", "0099_planted")


def words() -> "models.CharField[str, str]":
    return models.CharField(max_length=20, default="")


def ran(operations: Sequence[Operation], *, is_atomic: bool = True) -> Ran:
    """What a migration of images with ``operations`` executes on the tables as they are."""
    kind = type(
        "Migration", (migrations.Migration,), {"operations": operations, "atomic": is_atomic}
    )
    migration = kind(KEY[1], KEY[0])
    state = MigrationLoader(connection).project_state()
    result = Ran(KEY, is_atomic)
    result.tables_before = frozenset(connection.introspection.table_names())
    with heard(result.statements), connection.schema_editor(atomic=is_atomic) as editor:
        migration.apply(state, editor)
    return result


def rules(result: Ran, *, new: Sequence[str] = ()) -> list[str]:
    """The rules that it offends, where all of the tables were released but those that are new."""
    found = linter.findings(result.tables_before - set(new), [result])
    return sorted({one.rule for one in found})


BREAKING: dict[str, tuple[Operation, list[str]]] = {
    "required": (
        migrations.AddField("image", "mood", words()),
        ["ban-drop-default"],
    ),
    "removed": (migrations.RemoveField("image", "title"), ["ban-drop-column"]),
    "renamed": (migrations.RenameField("image", "title", "caption"), ["renaming-column"]),
    "table renamed": (migrations.RenameModel("Figure", "Number"), ["renaming-table"]),
    "table removed": (migrations.DeleteModel("Figure"), ["ban-drop-table"]),
    "no longer empty": (
        migrations.AlterField("tag", "owner_id", models.UUIDField()),
        ["adding-not-nullable-field"],
    ),
    "another type": (
        migrations.AlterField("image", "title", models.CharField(max_length=30)),
        ["changing-column-type"],
    ),
    "index": (
        migrations.AddIndex("image", models.Index(fields=["title"], name="planted")),
        ["require-concurrent-index-creation"],
    ),
    "check": (
        migrations.AddConstraint(
            "image", models.CheckConstraint(condition=models.Q(bytes__gt=0), name="planted")
        ),
        ["constraint-missing-not-valid"],
    ),
    "unique": (
        migrations.AddConstraint(
            "image", models.UniqueConstraint(fields=["title"], name="planted")
        ),
        ["constraint-missing-not-valid", "disallowed-unique-constraint"],
    ),
    "code": (
        migrations.RunPython(
            lambda _, editor: editor.execute("ALTER TABLE images_image RENAME COLUMN title TO t")
        ),
        ["renaming-column"],
    ),
    "refers": (
        migrations.CreateModel(
            "Mood",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("image", models.ForeignKey("images.Image", on_delete=models.CASCADE)),
            ],
        ),
        [REFERS],
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_the_running_release_is_refused(name: str) -> None:
    operation, expected = BREAKING[name]
    assert rules(ran([operation])) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=20, db_default="", default=""),
        models.CharField(max_length=20, null=True),
    ],
)
def test_a_column_that_the_running_release_need_not_know_suits_it(
    field: "models.CharField[str | None, str | None]",
) -> None:
    assert rules(ran([migrations.AddField("image", "mood", field)])) == []


@pytest.mark.django_db
def test_a_new_table_and_all_of_its_indexes_suit_it() -> None:
    made = migrations.CreateModel(
        "Mood", [("id", models.BigAutoField(primary_key=True)), ("name", words())]
    )
    index = migrations.AddIndex("mood", models.Index(fields=["name"], name="planted"))
    assert rules(ran([made, index])) == []


@pytest.mark.django_db
def test_a_table_that_no_release_knows_yet_may_change() -> None:
    index = migrations.AddIndex("figure", models.Index(fields=["value"], name="planted"))
    assert rules(ran([index]), new=["images_figure"]) == []


@pytest.mark.django_db(transaction=True)
def test_an_index_that_is_built_meanwhile_suits_it() -> None:
    index = models.Index(fields=["title"], name="planted")
    result = ran([AddIndexConcurrently("image", index)], is_atomic=False)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX planted")
    assert rules(result) == []


def test_what_is_allowed_is_not_refused_and_what_allows_nothing_is_named() -> None:
    drop = Finding(KEY, "ban-drop-column", "ALTER TABLE t DROP COLUMN c")
    allowed = {("images.0099_planted", "ban-drop-column"): "nobody reads it"}
    assert refused([drop], {}, [KEY]) == ([drop], [])
    assert refused([drop], allowed, [KEY]) == ([], [])
    assert refused([], allowed, [KEY]) == ([], ["images.0099_planted: ban-drop-column"])
    assert refused([], allowed, []) == ([], [])


PLANTED = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("{app}", "{leaf}")]
    operations = [{operation}]
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree in a repository of its own, with the history of this one."""
    root = tmp_path_factory.mktemp("clone") / "platform"
    subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(root)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and name.endswith(".py"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes((ROOT / name).read_bytes())
    return root


def plant(root: Path, app: str, operation: str) -> None:
    leaf = max(path.stem for path in (root / app / "migrations").glob("0*.py"))
    text = PLANTED.format(app=app, leaf=leaf, operation=operation)
    (root / app / "migrations" / "0099_planted.py").write_text(text)


@pytest.mark.processes
def test_the_command_refuses_and_says_what_and_where(clone: Path, postgresql_url: str) -> None:
    plant(clone, "accounts", 'migrations.RemoveField("user", "name")')
    plant(
        clone, "images",
        'migrations.AddField("image", "mood", models.CharField(max_length=9, null=True))',
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.upgrades"],
        cwd=clone, capture_output=True, text=True, check=False,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(clone),
            "TEST_DATABASE_URL": postgresql_url,
        },
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "accounts.0099_planted: ban-drop-column\n    ALTER TABLE" in done.stderr
    assert "images.0099_planted" not in done.stderr
    assert "Refused beside release " in done.stderr
