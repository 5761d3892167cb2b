# The disk of the object store is full.
# shellcheck shell=sh disable=SC2154
begin() {
    k exec minio-0 --container minio -- sh -c 'cat /dev/zero >/data/ballast || true'
}

end() {
    k exec minio-0 --container minio -- rm -f /data/ballast
}
