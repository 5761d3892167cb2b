#!/bin/sh
# Brings the database back from its archive: restore_database.sh TO OVERLAY. Asks for CONFIRM=yes.
# TO is latest, a time such as 2026-11-28T14:05:00Z, or name:NAME@TIME as a manifest has it. Nobody writes
# meanwhile. What fails stops it with the roles at rest; the same command begins again.
set -eu
to=${1:?TO: latest, a time such as 2026-11-28T14:05:00Z, or name:NAME@TIME}
overlay=${2:-platform}
roles=auth,gateway,images,worker,scheduler,admin
cd "$(dirname "$0")/../../.."
echo "$to" | grep -qE '^(latest|(name:[a-z0-9-]+@)?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,15}(Z|[+-][0-9:]{2,5}))$' ||
    { echo "“$to” is neither latest nor a time with its zone nor name:NAME@TIME: nothing was changed." >&2; exit 1; }
[ "${CONFIRM:-}" = yes ] || { echo "This replaces the database. Say CONFIRM=yes. Nothing was changed." >&2; exit 1; }
in_cluster() { kubectl --namespace image-platform "$@"; }
ended() { # SELECTOR: return once no pod of it is left
    tries=150
    while :; do
        pods=$(in_cluster get pods --selector="$1" --output=name)
        [ -n "$pods" ] || break
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "These pods do not end: $pods" >&2; exit 1; }
        sleep "${PAUSE:-2}"
    done
}
.venv/bin/python -m deploy.k8s.tools.check "$overlay" --cluster
in_cluster get cronjob restore --output=name >/dev/null || { echo "The component backup is not applied: nothing was changed." >&2; exit 1; }
state=untouched
finish() {
    status=$?
    [ "$state" = untouched ] || [ "$status" -eq 0 ] || echo "Stopped with the roles at rest, so that nobody writes. Mend it and run the same command again." >&2
    exit "$status"
}
trap finish EXIT
state=resting
in_cluster scale deployment --all --replicas=0
ended "app.kubernetes.io/name in ($roles)"
in_cluster scale statefulset/postgresql --replicas=0
ended app.kubernetes.io/name=postgresql
in_cluster patch configmap restore-to --type=merge --patch="{\"data\": {\"to\": \"$to\"}}"
in_cluster delete job restore --ignore-not-found
in_cluster create job restore --from=cronjob/restore
tries=10800
while :; do
    outcome=$(in_cluster get job restore --output='jsonpath={.status.conditions[?(@.status=="True")].type}')
    case $outcome in
        *Complete*) break ;;
        *Failed*) in_cluster logs job/restore --tail=20 >&2 || true; exit 1 ;;
    esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "The Job restore does not end." >&2; exit 1; }
    sleep "${PAUSE:-2}"
done
in_cluster scale statefulset/postgresql --replicas=1
in_cluster rollout status statefulset/postgresql --timeout=1h
in_cluster exec postgresql-0 --container postgresql -- sh /etc/archive/pgbackrest.sh recovered
sh deploy/k8s/tools/apply.sh "$overlay"
# The autoscalers raise one pod to their own least number.
in_cluster scale deployment --all --replicas=1
echo "The database is that of $to. A new base backup: kubectl --namespace image-platform create job archive-after-restore --from=cronjob/archive-full"
