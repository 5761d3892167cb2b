# The broker forgets everything.
# shellcheck shell=sh disable=SC2154
begin() {
    # Nobody may FLUSHALL: it comes back without what it had on its disk.
    k exec redis-broker-0 --container redis -- sh -c 'rm -rf /data/*'
    k delete pod redis-broker-0 --grace-period=0 --force
    k rollout status statefulset/redis-broker --timeout=300s
}
