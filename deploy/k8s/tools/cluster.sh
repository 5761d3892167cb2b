# Sourced by the scripts that save and restore: kubectl in the platform's namespace, and waiting with an end.
pause=${PAUSE:-2}

in_cluster() { kubectl --namespace image-platform "$@"; }
ended() { # SELECTOR: return once no pod of it is left
    tries=150
    while :; do
        pods=$(in_cluster get pods --selector="$1" --output=name)
        [ -n "$pods" ] || break
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "These pods do not end: $pods" >&2; return 1; }
        sleep "$pause"
    done
}
job_ended() { # JOB: return once it is complete; what it said last where it failed
    tries=10800
    while :; do
        outcome=$(in_cluster get job "$1" --output='jsonpath={.status.conditions[?(@.status=="True")].type}')
        case $outcome in
            *Complete*) break ;;
            *Failed*) in_cluster logs "job/$1" --tail=20 >&2 || true; return 1 ;;
        esac
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "The Job $1 does not end." >&2; return 1; }
        sleep "$pause"
    done
}
roles_rest() { # and say so, should the script end early from here on
    roles=auth,gateway,images,worker,scheduler,admin
    resting=yes
    in_cluster scale deployment --all --replicas=0
    ended "app.kubernetes.io/name in ($roles)"
}
roles_work() { # OVERLAY: migrate, grant and start; the autoscalers raise one pod to their own least number
    sh deploy/k8s/tools/apply.sh "$1"
    in_cluster scale deployment --all --replicas=1
}
resting=""
finish() {
    status=$?
    [ -z "$resting" ] || [ "$status" -eq 0 ] || echo "Stopped with the roles at rest, so that nobody writes. Mend it and run the same command again." >&2
    exit "$status"
}
trap finish EXIT
