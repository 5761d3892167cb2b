#!/bin/sh
# Changes the overlay of a running platform: change_overlay.sh FROM TO. Asks for CONFIRM=yes.
# Stops at the first failure. Until the new overlay is applied everything is put back as it was; what only
# the old one had goes last, when the new one has rolled out. The same command goes on after a failure.
set -eu
cd "$(dirname "$0")/../../.."
old=${1:?FROM: the overlay that is applied} new=${2:?TO: the overlay that shall be}
guard=validatingadmissionpolicybinding/image-platform-one-overlay
label=image-platform/overlay
tries=${TRIES:-60} pause=${PAUSE:-1}
python=.venv/bin/python
plan=$(mktemp -d)
state=untouched

say() { printf '%s\n' "$*" >&2; }

finish() { # runs at every end: whatever happened, the guard is there again
    status=$?
    trap - EXIT
    case $state in
        untouched | done) ;;
        unguarded | labelled)
            say "Stopped before anything of $new was applied; putting back what was."
            while read -r namespace; do
                [ "$state" = unguarded ] || kubectl label namespace "$namespace" "$label=$old" --overwrite || say "! $namespace still says $new"
            done <"$plan/namespaces"
            kubectl apply -f "$plan/old-guard.yaml" || say "! The guard is missing: kubectl apply it from the overlay $old"
            ;;
        applied)
            say "Stopped. Nothing of $old was deleted that $new has. Mend it and run the same command again."
            kubectl apply -f "$plan/new-guard.yaml" || say "! The guard is missing: make k8s-apply OVERLAY=$new"
            ;;
    esac
    rm -rf "$plan"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

here() { # prints the overlay that the cluster says it has
    kubectl get namespace image-platform --output=jsonpath='{.metadata.labels.image-platform/overlay}'
}

unguard() { # VALUE: takes the guard away and waits until a label that it refuses is accepted, three times in a row
    kubectl delete "$guard" --ignore-not-found
    accepted=0
    while [ "$accepted" -lt 3 ]; do
        [ "$tries" -gt 0 ] || { say "The API server still enforces the guard: gave up waiting."; return 1; }
        tries=$((tries - 1))
        if kubectl label namespace image-platform "$label=$1" --overwrite --dry-run=server >/dev/null 2>&1; then
            accepted=$((accepted + 1))
        else
            accepted=0
        fi
        sleep "$pause"
    done
}

each() { # LIST COMMAND…: the command for every line "namespace object", stopping at the first that fails
    list=$1; shift
    while read -r namespace object; do
        case $namespace in
            -) "$@" "$object" ;;
            *) "$@" --namespace "$namespace" "$object" ;;
        esac </dev/null || return 1
    done <"$plan/$list"
}

delete_if_old() { # the object, unless it is one of the new overlay already
    owner=$(kubectl get "$@" --ignore-not-found --output=jsonpath='{.metadata.labels.image-platform/overlay}')
    [ "$owner" != "$old" ] || kubectl delete "$@" --ignore-not-found
}

[ "$old" != "$new" ] || { say "FROM and TO are the same overlay."; exit 1; }
$python -m deploy.k8s.tools.check "$new" --cluster --over "$old"
$python -m deploy.k8s.tools.change "$old" "$new" "$plan"
now=$(here)
case $now in
    "$old" | "$new") ;;
    *) say "The cluster has the overlay \"$now\", not $old: nothing was changed."; exit 1 ;;
esac
say "From $old to $new. Deleted at the end, because only $old has it:"
sed 's/^/  /' "$plan/leftovers" >&2
if [ "$now" = "$old" ] && [ -s "$plan/remade" ]; then
    say "Made anew, without what they hold, because their volumes differ (docs/deploy.md, “Restore”):"
    sed 's/^/  /' "$plan/remade" >&2
    [ "${DATA_SAVED:-}" = yes ] || { say "Save the data first, then say DATA_SAVED=yes. Nothing was changed."; exit 1; }
fi
[ "${CONFIRM:-}" = yes ] || { say "Say CONFIRM=yes to do it. Nothing was changed."; exit 1; }

if [ "$now" = "$old" ]; then
    state=unguarded
    unguard "$new"
    state=labelled
    while read -r namespace; do
        kubectl label namespace "$namespace" "$label=$new" --overwrite
    done <"$plan/namespaces"
    kubectl apply --dry-run=server -f "$plan/rehearsal.yaml" >/dev/null
fi
state=applied
each remade delete_if_old
sh deploy/k8s/tools/apply.sh "$new"
each rollouts kubectl rollout status --timeout=10m
unguard "$old"
each leftovers kubectl delete --ignore-not-found
kubectl apply -f "$plan/new-guard.yaml"
[ "$(here)" = "$new" ]
state=done
say "The cluster has the overlay $new, and nothing of $old is left."
