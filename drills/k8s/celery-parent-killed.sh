# Whole workers are killed.
# shellcheck shell=sh disable=SC2154
begin() {
    killed worker
}
