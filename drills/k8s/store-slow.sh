# The object store answers late.
# shellcheck shell=sh disable=SC2154
begin() {
    cannot "it needs a server between the roles and the store, which the network policies refuse"
}
