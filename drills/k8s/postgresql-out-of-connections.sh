# Somebody takes every connection of the database that is left.
# shellcheck shell=sh disable=SC2154
begin() {
    k exec postgresql-0 --container postgresql -- sh -c \
        'for _ in $(seq 300); do psql --username=owner --dbname=platform --command="SELECT pg_sleep(60)" >/dev/null 2>&1 & done'
}

end() {
    k exec postgresql-0 --container postgresql -- psql --username=owner --dbname=platform \
        --command="SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
}
