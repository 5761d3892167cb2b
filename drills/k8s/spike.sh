# Far more people come at once than the platform can serve.
# shellcheck shell=sh disable=SC2154
begin() {
    [ -n "${URL:-}" ] || cannot "URL must say where people come in"
    .venv/bin/python -m drills.cluster --url "$URL" --crowd spike --seconds "${SECONDS_OF_CROWD:-20}"
}
