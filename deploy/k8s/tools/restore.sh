#!/bin/sh
# Puts back what save.sh saved: restore.sh DIRECTORY OVERLAY. Asks for CONFIRM=yes.
# Nobody writes meanwhile. What fails stops it with the roles at rest; the same command begins again.
set -eu
directory=$(realpath -- "${1:?FROM: the directory of make k8s-save}")
overlay=${2:-platform}
roles=auth,gateway,images,worker,scheduler,admin
cd "$(dirname "$0")/../../.."
. deploy/k8s/tools/store_access.sh
[ -s "$directory/platform.dump" ] || { echo "$directory has no platform.dump: nothing was changed." >&2; exit 1; }
[ "${CONFIRM:-}" = yes ] || { echo "This replaces the database. Say CONFIRM=yes. Nothing was changed." >&2; exit 1; }
.venv/bin/python -m deploy.k8s.tools.check "$overlay" --cluster
state=untouched
finish() {
    status=$?
    store_close
    [ "$state" = untouched ] || [ "$status" -eq 0 ] || echo "Stopped with the roles at rest, so that nobody writes. Mend it and run the same command again." >&2
    exit "$status"
}
trap finish EXIT
store_open
state=resting
kubectl --namespace image-platform scale deployment --all --replicas=0
tries=150
while :; do
    pods=$(kubectl --namespace image-platform get pods --selector="app.kubernetes.io/name in ($roles)" --output=name)
    [ -n "$pods" ] || break
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "These pods do not end: $pods" >&2; exit 1; }
    sleep "${PAUSE:-2}"
done
kubectl --namespace image-platform exec --stdin postgresql-0 --container postgresql -- \
    pg_restore --username=owner --clean --if-exists --single-transaction --exit-on-error --dbname=platform <"$directory/platform.dump"
mc mirror --overwrite "$directory/images" platform/images
sh deploy/k8s/tools/apply.sh "$overlay"
# The autoscalers raise one pod to their own least number.
kubectl --namespace image-platform scale deployment --all --replicas=1
echo "Restored from $directory."
