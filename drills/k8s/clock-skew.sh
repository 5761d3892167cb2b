# The clock of a node is a minute ahead.
# shellcheck shell=sh disable=SC2154
begin() {
    cannot "the clock is the node's; set it there, and run drills.cluster beside it"
}
