# Every instance of auth is away.
# shellcheck shell=sh disable=SC2154
begin() {
    away deployment/auth
    killed auth
}

end() {
    back deployment/auth 2
}
