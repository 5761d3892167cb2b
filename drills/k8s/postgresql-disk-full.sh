# The disk of the database is full.
# shellcheck shell=sh disable=SC2154
begin() {
    k exec postgresql-0 --container postgresql -- sh -c 'cat /dev/zero >"$PGDATA/../ballast" || true'
}

end() {
    k exec postgresql-0 --container postgresql -- sh -c 'rm -f "$PGDATA/../ballast"'
}
