#!/bin/sh
# The platform on a local cluster: builds both images, loads them, applies the overlay `dev`, waits.
# Takes kind, k3d or minikube, whichever the current kubectl context is of.
set -eu
cd "$(dirname "$0")/../../.."
context=$(kubectl config current-context)
version=$(sed -n 's/^  version: "\(.*\)"$/\1/p' deploy/k8s/release/release.yaml)
job=$(sed -n 's/^  job: "\(.*\)"$/\1/p' deploy/k8s/release/release.yaml)
builder=$(command -v docker || command -v podman) || { echo "docker or podman is needed to build" >&2; exit 1; }

load() { # FILE: an archive, because only that way takes images of podman, too
    case $context in
        kind-*) kind load image-archive --name "${context#kind-}" "$1" ;;
        k3d-*) k3d image import --cluster "${context#k3d-}" "$1" ;;
        minikube) minikube image load "$1" ;;
        *) echo "The context $context is of no local cluster (kind, k3d, minikube): nothing was done." >&2; exit 1 ;;
    esac
}
case $context in kind-* | k3d-* | minikube) ;; *) load "" ;; esac

.venv/bin/python manage.py init_secrets --directory deploy/k8s/credentials/secrets
.venv/bin/python -m deploy.k8s.tools.check dev --cluster
archives=$(mktemp -d)
trap 'rm -rf "$archives"' EXIT
for target in app frontend; do
    image=localhost/image-platform/$target:$version
    "$builder" build --target "$target" --build-arg VERSION="$version" --tag "$image" .
    "$builder" save --output "$archives/$target.tar" "$image"
    load "$archives/$target.tar"
done
before=$(kubectl --namespace image-platform get deployments --selector='image in (app,frontend)' --output=name)
sh deploy/k8s/tools/apply.sh dev
# The images have the names that they had before, so nothing would roll by itself.
# shellcheck disable=SC2086  # a list of words
[ -z "$before" ] || kubectl --namespace image-platform rollout restart $before
kubectl --namespace image-platform wait --for=condition=complete --timeout=600s "job/migrate-$job" "job/bucket-$job"
for deployment in $(kubectl --namespace image-platform get deployments --output=name); do
    kubectl --namespace image-platform rollout status --timeout=300s "$deployment"
done
cat <<WORD

The platform runs. Reach it with:
  kubectl --namespace image-platform port-forward service/frontend 8080:3000
and open http://localhost:8080
WORD
