#!/bin/sh
# Takes pg_dump and pg_restore out of the image of PostgreSQL, where pods of the app find them: client.sh DIRECTORY.
# Each comes with its loader and libraries, so that it runs in an image of any other base.
set -eu
for home in /usr/lib/postgresql/*/bin; do :; done # the image has one version
version=$1/$(basename "${home%/bin}")
mkdir -p "$version/bin" "$version/lib"
for program in pg_dump pg_restore; do
    cp "$home/$program" "$version/lib/"
    ldd "$home/$program" | sed -n 's/^[^/]*\(\/[^ ]*\) (.*/\1/p' | while read -r library; do
        cp -L "$library" "$version/lib/"
    done
    cat >"$version/bin/$program" <<'END'
#!/bin/sh
lib=$(dirname "$(dirname "$0")")/lib
exec "$lib"/ld-linux*.so.* --library-path "$lib" "$lib/$(basename "$0")" "$@"
END
    chmod 0755 "$version/bin/$program"
    "$version/bin/$program" --version
done
