# One user asks for as much as a machine can ask.
# shellcheck shell=sh disable=SC2154
begin() {
    [ -n "${URL:-}" ] || cannot "URL must say where people come in"
    .venv/bin/python -m drills.cluster --url "$URL" --crowd user-flood --seconds "${SECONDS_OF_CROWD:-20}"
}
