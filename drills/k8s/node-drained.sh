# The node of one instance of images is drained.
# shellcheck shell=sh disable=SC2154
begin() {
    NODE=$(k get pods --selector=app.kubernetes.io/name=images --output=jsonpath='{.items[0].spec.nodeName}')
    kubectl drain "$NODE" --ignore-daemonsets --delete-emptydir-data --timeout=300s
}

end() {
    kubectl uncordon "$NODE"
}
