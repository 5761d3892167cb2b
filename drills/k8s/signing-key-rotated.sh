# The key that signs tokens is replaced.
# shellcheck shell=sh disable=SC2154
begin() {
    rotated signing switch
}
