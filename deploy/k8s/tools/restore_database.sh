#!/bin/sh
# Brings the database back from its archive: restore_database.sh TO OVERLAY. Asks for CONFIRM=yes.
# TO is latest, a time such as 2026-11-28T14:05:00Z, or name:NAME@TIME as a manifest has it. Nobody writes
# meanwhile. What fails stops it with the roles at rest; the same command begins again.
set -eu
to=${1:?TO: latest, a time such as 2026-11-28T14:05:00Z, or name:NAME@TIME}
overlay=${2:-platform}
cd "$(dirname "$0")/../../.."
echo "$to" | grep -qE '^(latest|(name:[a-z0-9-]+@)?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,15}(Z|[+-][0-9:]{2,5}))$' ||
    { echo "“$to” is neither latest nor a time with its zone nor name:NAME@TIME: nothing was changed." >&2; exit 1; }
[ "${CONFIRM:-}" = yes ] || { echo "This replaces the database. Say CONFIRM=yes. Nothing was changed." >&2; exit 1; }
. deploy/k8s/tools/cluster.sh
.venv/bin/python -m deploy.k8s.tools.check "$overlay" --cluster
in_cluster get cronjob restore --output=name >/dev/null || { echo "The component backup is not applied: nothing was changed." >&2; exit 1; }
roles_rest
in_cluster scale statefulset/postgresql --replicas=0
ended app.kubernetes.io/name=postgresql
in_cluster patch configmap restore-to --type=merge --patch="{\"data\": {\"to\": \"$to\"}}"
in_cluster delete job restore --ignore-not-found
in_cluster create job restore --from=cronjob/restore
job_ended restore
in_cluster scale statefulset/postgresql --replicas=1
in_cluster rollout status statefulset/postgresql --timeout=1h
in_cluster exec postgresql-0 --container postgresql -- sh /etc/archive/pgbackrest.sh recovered
roles_work "$overlay"
echo "The database is that of $to. A new base backup: kubectl --namespace image-platform create job archive-after-restore --from=cronjob/archive-full"
