# The scheduler is away while the broker forgets its messages; the runbook's command sends them again.
# shellcheck shell=sh disable=SC2154
begin() {
    away deployment/scheduler
    k exec redis-broker-0 --container redis -- sh -c 'rm -rf /data/*'
    k delete pod redis-broker-0 --grace-period=0 --force
    k rollout status statefulset/redis-broker --timeout=300s
    sleep 60
    k exec deploy/admin -- python manage.py requeue_stuck
}

end() {
    back deployment/scheduler 1
}
