# The database user of each role is replaced by another with a new password.
# shellcheck shell=sh disable=SC2154
begin() {
    rotated database switch finish
}
