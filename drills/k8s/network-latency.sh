# The network is slow.
# shellcheck shell=sh disable=SC2154
begin() {
    cannot "no pod may change its network; use the tool of your network, and drills.cluster beside it"
}
