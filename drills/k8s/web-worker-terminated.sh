# A web process of each role is asked to end.
# shellcheck shell=sh disable=SC2154
begin() {
    for role in auth gateway images; do
        in_each "$role" "set -- $CHILDREN; kill -TERM \$1"
    done
}
