# Sourced by save.sh and restore.sh: the bucket, as `mc`'s "platform/images", while the script runs.
# The port is forwarded from here on; the caller's EXIT trap calls store_close.
forward=""

store_open() {
    secrets=deploy/k8s/credentials/secrets/minio
    MC_HOST_platform=http://$(cat "$secrets/root-user"):$(cat "$secrets/root-password")@127.0.0.1:${STORE_PORT:-9000}
    export MC_HOST_platform
    kubectl --namespace image-platform port-forward service/minio "${STORE_PORT:-9000}:9000" >/dev/null &
    forward=$!
    tries=30
    until mc ls platform/images >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || ! kill -0 "$forward" 2>/dev/null; then
            echo "The object store cannot be reached through a forwarded port." >&2
            return 1
        fi
        sleep "${PAUSE:-1}"
    done
}

store_close() {
    [ -z "$forward" ] || kill "$forward" 2>/dev/null || true
}
