# The database dies, and its standby takes over.
# shellcheck shell=sh disable=SC2154
begin() {
    cannot "the database of these manifests is one server; a managed one with a standby is failed over where it is managed"
}
