# Every instance of images is killed, and kept away.
# shellcheck shell=sh disable=SC2154
begin() {
    away deployment/images
    killed images
}

end() {
    back deployment/images 2
}
