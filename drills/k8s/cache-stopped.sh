# The shared cache is away.
# shellcheck shell=sh disable=SC2154
begin() {
    away statefulset/redis-cache
}

end() {
    back statefulset/redis-cache 1
}
