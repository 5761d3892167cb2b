# A web process of each role is killed.
# shellcheck shell=sh disable=SC2154
begin() {
    for role in auth gateway images; do
        in_each "$role" "set -- $CHILDREN; kill -9 \$1"
    done
}
