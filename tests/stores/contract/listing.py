"""Lists by page, prefix and folder, and many deleted at once."""

from collections.abc import Iterable

from tests.stores.contract.checks import Asked, check


def _stored(at: Asked, words: Iterable[str]) -> str:
    """The prefix of objects that end so."""
    prefix = at.name("list") + "/"
    for word in words:
        at.put(prefix + word, b"x")
    return prefix


@check("Lists", "pages of two have each key once")
def pages(at: Asked) -> None:
    prefix = _stored(at, "abcde")
    found: list[str] = []
    sizes: list[int] = []
    token: dict[str, str] = {}
    for _ in range(5):
        page = at.client.list_objects_v2(Bucket=at.bucket, Prefix=prefix, MaxKeys=2, **token)  # type: ignore[arg-type]
        keys = [item["Key"] for item in page.get("Contents", [])]
        assert page["KeyCount"] == len(keys)
        found, sizes = found + keys, [*sizes, len(keys)]
        if not page["IsTruncated"]:
            break
        token = {"ContinuationToken": page["NextContinuationToken"]}
    assert found == [prefix + word for word in "abcde"]
    assert sizes == [2, 2, 1]


@check("Lists", "the order is that of the keys' UTF-8 bytes")
def order(at: Asked) -> None:
    words = ["B", "a", "a-b", "a.b", "a0", "aa", "z", "é", "中", "😀"]
    prefix = _stored(at, reversed(words))
    assert at.names(prefix) == [prefix + word for word in words]


@check("Lists", "folders are told as common prefixes, each once")
def folders(at: Asked) -> None:
    prefix = _stored(at, ["a/1", "a/2", "b/c/1", "top"])
    told = at.client.list_objects_v2(Bucket=at.bucket, Prefix=prefix, Delimiter="/")
    assert [item["Key"] for item in told["Contents"]] == [f"{prefix}top"]
    assert [one["Prefix"] for one in told["CommonPrefixes"]] == [f"{prefix}a/", f"{prefix}b/"]


@check("Lists", "a prefix need not end at a folder")
def half_prefix(at: Asked) -> None:
    prefix = _stored(at, ["half-1", "half-2", "other"])
    assert at.names(f"{prefix}half") == [f"{prefix}half-1", f"{prefix}half-2"]


@check("Lists", "a list begins after a key that need not be there")
def start_after(at: Asked) -> None:
    prefix = _stored(at, "ace")
    told = at.client.list_objects_v2(Bucket=at.bucket, Prefix=prefix, StartAfter=f"{prefix}b")
    assert [item["Key"] for item in told["Contents"]] == [f"{prefix}c", f"{prefix}e"]


@check("Lists", "a list tells size and time of each")
def sizes(at: Asked) -> None:
    name = at.name("sized")
    at.put(name, b"12345")
    (item,) = at.client.list_objects_v2(Bucket=at.bucket, Prefix=name)["Contents"]
    assert item["Size"] == 5
    assert abs((item["LastModified"] - at.head(name)["LastModified"]).total_seconds()) < 1


@check("Lists", "an empty list is no error")
def nothing(at: Asked) -> None:
    told = at.client.list_objects_v2(Bucket=at.bucket, Prefix=at.name("nothing"))
    assert (told["KeyCount"], told.get("Contents", [])) == (0, [])


@check("Lists", "many are deleted by one request, and one that is not there is no error")
def deleted_many(at: Asked) -> None:
    prefix = _stored(at, [f"{number:03}" for number in range(40)])
    named = [{"Key": name} for name in at.names(prefix)]
    told = at.client.delete_objects(
        Bucket=at.bucket,
        Delete={"Objects": [*named, {"Key": f"{prefix}missing"}]},  # type: ignore[list-item]
    )
    assert len(told["Deleted"]) == 41
    assert not told.get("Errors")
    assert at.names(prefix) == []


@check("Lists", "many are deleted quietly: only errors are told")
def deleted_quietly(at: Asked) -> None:
    prefix = _stored(at, "ab")
    named = [{"Key": f"{prefix}{word}"} for word in "ab"]
    told = at.client.delete_objects(
        Bucket=at.bucket,
        Delete={"Objects": named, "Quiet": True},  # type: ignore[typeddict-item]
    )
    assert at.names(prefix) == []
    assert not told.get("Deleted"), "it tells those that it deleted"
