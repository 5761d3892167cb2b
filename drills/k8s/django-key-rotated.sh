# Django's secret key is replaced.
# shellcheck shell=sh disable=SC2154
begin() {
    rotated django switch
}
