#!/bin/sh
# Applies an overlay (platform, headless, dev): looks first, and lets the release's Jobs run anew.
# A Job's template cannot be changed. With another password, key or image in it the cluster would refuse
# the Job in the middle of everything else, so those of the last time go first; what they do, they do again.
set -eu
cd "$(dirname "$0")/../../.."
overlay=${1:-platform}
.venv/bin/python -m deploy.k8s.tools.check "$overlay" --cluster
kubectl --namespace image-platform delete jobs --selector=image=app --ignore-not-found
kubectl apply -k "deploy/k8s/overlays/$overlay"
