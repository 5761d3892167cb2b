# All workers are asked to end at once.
# shellcheck shell=sh disable=SC2154
begin() {
    k delete pods --selector=app.kubernetes.io/name=worker --wait
}
