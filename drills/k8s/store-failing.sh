# The object store answers every other request with 500.
# shellcheck shell=sh disable=SC2154
begin() {
    cannot "it needs a server between the roles and the store, which the network policies refuse"
}
