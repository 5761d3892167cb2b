#!/bin/sh
# Puts back a backup of deploy/k8s/backups, database and objects: restore.sh BACKUP OVERLAY. Asks for CONFIRM=yes.
# BACKUP is latest, or the id of one. Nobody writes meanwhile. What fails stops it with the roles at rest; the same
# command begins again.
set -eu
backup=${1:?BACKUP: latest, or the id of a backup as Backups, Runs in the admin has it}
overlay=${2:-platform}
cd "$(dirname "$0")/../../.."
echo "$backup" | grep -qE '^(latest|[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6})$' ||
    { echo "“$backup” is neither latest nor the id of a backup: nothing was changed." >&2; exit 1; }
[ "${CONFIRM:-}" = yes ] || { echo "This replaces the database and its objects. Say CONFIRM=yes. Nothing was changed." >&2; exit 1; }
. deploy/k8s/tools/cluster.sh
.venv/bin/python -m deploy.k8s.tools.check "$overlay" --cluster
in_cluster get cronjob restore-backup --output=name >/dev/null || { echo "deploy/k8s/backups is not applied: nothing was changed." >&2; exit 1; }
roles_rest
in_cluster patch configmap restore-from --type=merge --patch="{\"data\": {\"backup\": \"${backup#latest}\"}}"
in_cluster delete job restore-backup --ignore-not-found
in_cluster create job restore-backup --from=cronjob/restore-backup
job_ended restore-backup
in_cluster logs job/restore-backup --container app
roles_work "$overlay"
