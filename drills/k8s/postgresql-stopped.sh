# The database is away.
# shellcheck shell=sh disable=SC2154
begin() {
    away statefulset/postgresql
}

end() {
    back statefulset/postgresql 1
}
