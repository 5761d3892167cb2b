# The user of the bucket is replaced by another, and the former one is removed.
# shellcheck shell=sh disable=SC2154
begin() {
    rotated store switch finish
}
