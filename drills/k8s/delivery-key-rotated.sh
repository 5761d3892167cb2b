# The key that signs picture URLs is replaced.
# shellcheck shell=sh disable=SC2154
begin() {
    rotated delivery switch
}
