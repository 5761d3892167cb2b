#!/bin/sh
# Rolls a colour out in the cluster: rollout.sh COLOUR [status|dry-run|revert]. Needs components/blue-green.
# A Job of a CronJob that never runs by itself, followed to its end. Ctrl-C ends the following and not the Job; the
# same command follows it again.
set -eu
colour=${1:?COLOUR: blue or green, whichever is new}
what=${2:-}
case $colour in blue | green) ;; *) echo "“$colour” is neither blue nor green." >&2; exit 1 ;; esac
case $what in '' | status | dry-run | revert) ;; *) echo "“$what” is none of status, dry-run and revert." >&2; exit 1 ;; esac
in_cluster() { kubectl --namespace image-platform "$@"; }
job=rollout-$colour${what:+-$what}
state() { in_cluster get job "$job" --ignore-not-found --output="jsonpath={.status.active}{' '}{.status.conditions[?(@.status=='True')].type}"; }
case $(state) in
[1-9]*) echo "$job is at work already; this is what it says." ;;
*)
    in_cluster delete job "$job" --ignore-not-found >/dev/null
    in_cluster create job "$job" --from="cronjob/rollout-$colour" --dry-run=client --output=json |
        sed "s/\"--cluster\"/\"--cluster\"${what:+, \"--$what\"}/" | in_cluster create --filename=- >/dev/null
    ;;
esac
tries=900
while :; do
    in_cluster logs --follow "job/$job" 2>/dev/null || true
    case $(state) in
    *Complete*) exit 0 ;;
    *Failed*) echo "It has ended without: the last lines say why." >&2; exit 1 ;;
    esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "$job has not ended: kubectl --namespace image-platform describe job $job" >&2; exit 1; }
    sleep "${PAUSE:-2}"
done
