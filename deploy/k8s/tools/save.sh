#!/bin/sh
# Saves the database, and after it the bucket, so that no row is without its object: save.sh DIRECTORY.
# A directory with a platform.dump is whole: that name comes last.
set -eu
directory=$(realpath -m -- "${1:?TO: the directory for it, which is made}")
cd "$(dirname "$0")/../../.."
. deploy/k8s/tools/store_access.sh
[ ! -e "$directory/platform.dump" ] || { echo "$directory has a platform.dump already: choose another one." >&2; exit 1; }
trap store_close EXIT
mkdir -p "$directory"
kubectl --namespace image-platform exec postgresql-0 --container postgresql -- \
    pg_dump --username=owner --format=custom platform >"$directory/.platform.dump"
[ -s "$directory/.platform.dump" ] || { echo "The dump is empty." >&2; exit 1; }
store_open
mc mirror --overwrite platform/images "$directory/images"
mv "$directory/.platform.dump" "$directory/platform.dump"
echo "Saved in $directory. The files of make k8s-secrets are not in it: keep them, too."
