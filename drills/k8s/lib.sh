# What the drills of a cluster have in common; each file here says `begin` and, where something is to
# be mended, `end`. It is sourced by `run`.
# shellcheck shell=sh
NAMESPACE=${NAMESPACE:-image-platform}
CANNOT=3

k() { kubectl --namespace "$NAMESPACE" "$@"; }

pods() { # ROLE: the names of its pods
    k get pods --selector="app.kubernetes.io/name=$1" --output=name
}

in_each() { # ROLE COMMAND: run in each pod of a role
    for pod in $(pods "$1"); do
        k exec "$pod" -- sh -c "$2"
    done
}

killed() { # ROLE: its pods are gone at once, without a word to them
    k delete pods --selector="app.kubernetes.io/name=$1" --grace-period=0 --force
}

away() { # KIND/NAME: not one of it runs
    k scale "$1" --replicas=0
}

back() { # KIND/NAME REPLICAS: it runs again, and is ready
    k scale "$1" --replicas="$2"
    k rollout status "$1" --timeout=300s
}

rolled() { # NAME…: each Deployment is replaced, as a release does it
    for name in "$@"; do
        k rollout restart "deployment/$name"
        k rollout status "deployment/$name" --timeout=600s
    done
}

rotated() { # KIND STEP…: begin and these steps, each as soon as it may be, applied to the cluster
    kind=$1
    shift
    for step in "" "$@"; do
        tries=0
        until make k8s-rotate-keys KIND="$kind" STEP="$step"; do
            tries=$((tries + 1))
            [ "$tries" -lt 30 ] || return 1
            sleep 30
        done
        make k8s-apply
    done
}

cannot() { # REASON
    echo "This drill cannot be run here: $1" >&2
    exit "$CANNOT"
}

# The children of the program that was started first in a container.
CHILDREN='$(cat /proc/1/task/1/children)'
export CHILDREN
end() { :; }
