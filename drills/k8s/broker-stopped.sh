# The broker is away.
# shellcheck shell=sh disable=SC2154
begin() {
    away statefulset/redis-broker
}

end() {
    back statefulset/redis-broker 1
}
