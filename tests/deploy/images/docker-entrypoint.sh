#!/bin/sh
# What the official nginx image does before nginx starts, as far as ours uses it: *.envsh are sourced,
# then the templates are rendered. Only the base that tests make has this file.
set -eu
for file in /docker-entrypoint.d/*.envsh; do . "$file"; done
names=$(env | cut -d= -f1 | grep -E "$NGINX_ENVSUBST_FILTER" | sed 's/.*/${&}/' | tr '\n' ' ')
for template in /etc/nginx/templates/*.template; do
    envsubst "$names" <"$template" >"$NGINX_ENVSUBST_OUTPUT_DIR/$(basename "$template" .template)"
done
exec "$@"
