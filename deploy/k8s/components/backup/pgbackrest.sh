#!/bin/sh
# The archive of the database, kept by pgBackRest. Its options come as PGBACKREST_… variables, its secrets as
# files, which stand in the environment of pgBackRest alone.
#   pgbackrest.sh push WAL         PostgreSQL's archive_command, which has to have the word pgbackrest
#   pgbackrest.sh get WAL TO       its restore_command
#   pgbackrest.sh serve            lets the Job that saves read the data directory, over TLS
#   pgbackrest.sh save full|incr   a base backup; the whole archive is read again after a full one
#   pgbackrest.sh restore TO       latest | 2026-11-28T14:05:00Z | name:NAME@2026-11-28T14:05:00Z
#   pgbackrest.sh recovered        waits until the server takes writes, and gives the owner the password of now
#   pgbackrest.sh verify | show
set -eu
secrets=${ARCHIVE_SECRETS:-/run/secrets/archive}
us=$(realpath -- "$0")
secret() { # VARIABLE FILE
    [ ! -e "$secrets/$2" ] || export "$1=$(cat "$secrets/$2")"
}
secret PGBACKREST_REPO1_CIPHER_PASS passphrase
secret PGBACKREST_REPO1_S3_KEY s3-access-key-id
secret PGBACKREST_REPO1_S3_KEY_SECRET s3-secret-access-key

refuse() {
    echo "archive: $1 Nothing was changed." >&2
    exit 2
}
moment() { # 2026-11-28T14:05:00Z, as PostgreSQL and pgBackRest write it
    echo "$1" | grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$' ||
        refuse "“$1” is no time with its zone, such as 2026-11-28T14:05:00Z."
    echo "$1" | sed -e 's/T/ /' -e 's/Z$/+00/'
}
set_before() { # TIME: the newest base backup that ended by then; recovery to a name begins there
    until=$(date --date="$1" +%s)
    pgbackrest --output=json info | grep -oE '"label":"[^"]+"|"timestamp":\{"start":[0-9]+,"stop":[0-9]+' |
        sed -e 's/^"label":"\(.*\)"$/\1/' -e 's/.*"stop":\([0-9]*\)$/\1/' | paste -d ' ' - - |
        awk -v until="$until" '$2 <= until { label = $1 } END { if (label) print label; else exit 1 }'
}
case ${1:-} in
    push) exec pgbackrest archive-push "$2" ;;
    get) exec pgbackrest archive-get "$2" "$3" ;;
    serve)
        trap 'exit 143' TERM # the first process of a container ends by that signal only if it says so
        # Refused while PostgreSQL does not answer, and where the archive is another database's.
        until pgbackrest stanza-create; do sleep "${ARCHIVE_PAUSE_S:-5}"; done
        exec pgbackrest server
        ;;
    save)
        pgbackrest --type="$2" --start-fast backup
        [ "$2" != full ] || sh "$us" verify
        pgbackrest info
        ;;
    restore)
        to=${2:?where to: latest, a time, or name:NAME@TIME}
        case $to in
            latest) set -- --type=default ;;
            name:*@*)
                name=${to#name:}
                before=$(moment "${name##*@}")
                label=$(set_before "$before") || refuse "no base backup had ended by $before."
                set -- --type=name --target="${name%@*}" --set="$label" --target-action=promote
                ;;
            *)
                before=$(moment "$to")
                label=$(set_before "$before") || refuse "no base backup had ended by $before."
                set -- --type=time --target="$before" --set="$label" --target-action=promote
                ;;
        esac
        # Who knows that no server runs on the directory says so: one that was killed leaves its mark.
        [ "${ARCHIVE_SERVER_IS_GONE:-}" != yes ] || rm -f "$PGBACKREST_PG1_PATH/postmaster.pid"
        exec pgbackrest --delta --recovery-option=restore_command="sh $us get %f \"%p\"" "$@" restore
        ;;
    recovered)
        ask() {
            psql --host="$PGBACKREST_PG1_SOCKET_PATH" --port="${PGBACKREST_PG1_PORT:-5432}" --username=owner \
                --dbname=platform --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"
        }
        until [ "$(ask --command='SELECT pg_is_in_recovery()')" = f ]; do sleep "${ARCHIVE_PAUSE_S:-5}"; done
        # The owner's came out of the archive with everything else; those of the roles the release's Job sets.
        echo "ALTER ROLE owner PASSWORD :'word'" | ask --set=word="$(cat "$POSTGRES_PASSWORD_FILE")"
        ;;
    verify)
        told=$(pgbackrest --output=text --verbose verify)
        echo "$told"
        ! echo "$told" | grep -qiE 'status: error|(missing|checksum invalid|size invalid|other): [1-9]'
        ;;
    show) exec pgbackrest info ;;
    *) refuse "push, get, serve, save, restore, recovered, verify or show." ;;
esac
