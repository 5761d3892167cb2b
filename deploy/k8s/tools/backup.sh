#!/bin/sh
# Runs a CronJob of deploy/k8s/backups now, and tells what it said: backup.sh backup|rehearsal.
set -eu
what=${1:?backup or rehearsal}
cd "$(dirname "$0")/../../.."
. deploy/k8s/tools/cluster.sh
job=$what-by-hand-$(date -u +%Y%m%d-%H%M%S)
in_cluster create job "$job" --from="cronjob/$what"
job_ended "$job"
in_cluster logs "job/$job" --container app
