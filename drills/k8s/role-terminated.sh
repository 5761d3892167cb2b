# Each instance of images is asked to end, one after the other.
# shellcheck shell=sh disable=SC2154
begin() {
    rolled images
}
