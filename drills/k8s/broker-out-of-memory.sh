# The broker has no memory left.
# shellcheck shell=sh disable=SC2154
begin() {
    cannot "no user of the broker may change its configuration, and a smaller limit of the pod ends it instead"
}
