# The network between the roles and everything that keeps data is cut.
# shellcheck shell=sh disable=SC2154
begin() {
    for name in postgresql redis-broker redis-cache minio; do
        k get networkpolicy "$name" --output=yaml >"${TMPDIR:-/tmp}/drill-$name.yaml"
        k patch networkpolicy "$name" --type=merge --patch='{"spec": {"ingress": []}}'
    done
}

end() {
    for name in postgresql redis-broker redis-cache minio; do
        k replace --filename="${TMPDIR:-/tmp}/drill-$name.yaml"
    done
}
