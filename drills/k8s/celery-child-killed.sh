# The processes that render are killed.
# shellcheck shell=sh disable=SC2154
begin() {
    in_each worker "kill -9 $CHILDREN"
}
