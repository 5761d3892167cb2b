# The processes that render are asked to end.
# shellcheck shell=sh disable=SC2154
begin() {
    in_each worker "kill -TERM $CHILDREN"
}
