# The database is restarted.
# shellcheck shell=sh disable=SC2154
begin() {
    k delete pod postgresql-0 --wait
    k rollout status statefulset/postgresql --timeout=300s
}
