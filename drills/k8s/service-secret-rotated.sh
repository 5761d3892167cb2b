# The secret that the gateway shows to auth is replaced.
# shellcheck shell=sh disable=SC2154
begin() {
    rotated service switch finish
}
