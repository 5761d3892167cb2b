# Every instance of every role is replaced, one after the other.
# shellcheck shell=sh disable=SC2154
begin() {
    rolled auth gateway images worker-interactive worker-bulk worker-maintenance scheduler admin frontend
}
