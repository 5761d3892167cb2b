# The object store is away.
# shellcheck shell=sh disable=SC2154
begin() {
    away statefulset/minio
}

end() {
    back statefulset/minio 1
}
