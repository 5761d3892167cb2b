# A picture ends every process that opens it.
# shellcheck shell=sh disable=SC2154
begin() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        in_each worker "kill -9 $CHILDREN"
        sleep "${PAUSE:-1}"
    done
}
