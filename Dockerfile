# Images of one file: `app` runs every Django role, `frontend` serves the SPA and routes to them; `postgresql` is
# for components/backup alone.
# Each base is an argument, so that a mirror, or a base of one's own, can take its place.
ARG PYTHON_IMAGE=python:3.11.16-slim-bookworm
ARG NODE_IMAGE=node:22.23.0-bookworm-slim
ARG NGINX_IMAGE=nginx:1.30.4-alpine3.24
ARG POSTGRES_IMAGE=postgres:17.11-bookworm

FROM ${PYTHON_IMAGE} AS packages
# `granian` keeps that server in the image, 22 MB that only `components/granian` uses.
ARG WEB_SERVER=gunicorn
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils \
    && python3 -m venv /opt/venv
COPY requirements.lock /tmp/
# Left out, because no role ever reads it: AWS services other than S3, translations (USE_I18N is off), maps of
# two kinds, type stubs, sources of C, tests; the browsable API's static files and the admin's unminified ones;
# what draws text; what validates a schema (`make schema` does that) and what compiles an extension; accelerators of a prompt
# and of YAML, which fall back to Python; protocols of Google other than the collector's; pip itself.
RUN /opt/venv/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check --no-deps --require-hashes -r /tmp/requirements.lock \
    && cd /opt/venv/lib/python3*/site-packages \
    && find botocore/data boto3/data -mindepth 1 -maxdepth 1 -type d ! -name s3 -exec rm -r {} + \
    && find google -mindepth 1 -maxdepth 1 ! -name protobuf ! -name _upb ! -name rpc -exec rm -r {} + \
    && rm -r django/contrib/gis django_prometheus/tests rest_framework/static drf_spectacular_sidecar/static/*/redoc \
        django/contrib/admin/static/admin/js/vendor/*/jquery.js django/contrib/admin/static/admin/js/vendor/*/select2.full.js \
        django/contrib/admin/static/admin/js/vendor/*/xregexp.js \
        jsonschema jsonschema-* jsonschema_specifications* referencing* rpds* attr attrs* cffi cffi-* pycparser* \
        wcwidth/_wcwidth_c* yaml/_yaml* PIL/_imagingft.* PIL/_imagingtk.* \
        pillow.libs/libharfbuzz-* pillow.libs/libfreetype-* pillow.libs/libpng16-* pillow.libs/libbrotli* \
    && if [ "$WEB_SERVER" != granian ]; then rm -r granian granian-* /opt/venv/bin/granian; fi \
    && rm -rf pip pip-* setuptools setuptools-* pkg_resources _distutils_hack distutils-precedence.pth \
    && rm -f /opt/venv/bin/pip* /opt/venv/bin/jsonschema /opt/venv/bin/cffi-gen-src \
    && find . -type f \( -name '*.[cho]' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' -o -name '*.po' -o -name '*.mo' \
        -o -name '*.map' -o -name '*.pyc' -o -name RECORD \) -delete \
    && find . -type d -empty -delete
# HEIC is read and never written. The wheel's encoder has 23 MB and another licence (GPL-2.0) than all else here,
# so a library of stubs takes its place: every symbol that libheif links to, none of which does anything.
RUN cd /opt/venv/lib/python3*/site-packages/pillow_heif.libs \
    && case $(uname -m) in x86_64) answer='xorl %eax, %eax' ;; aarch64) answer='mov x0, 0' ;; esac \
    && names=$(nm -D --undefined-only libheif-* | sed -n 's/.* U \(x265_.*\)/\1/p') && test -n "$names" \
    && for name in $names; do printf '.globl %s\n%s: %s\nret\n' "$name" "$name" "$answer"; done | as -o /tmp/none.o \
    && ld -shared -soname "$(ls libx265-*)" -o /tmp/none.so /tmp/none.o && mv /tmp/none.so "$(ls libx265-*)" \
    && /opt/venv/bin/python -c 'import pillow_heif'

FROM ${PYTHON_IMAGE} AS app
ARG VERSION
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="image-platform app" \
      org.opencontainers.image.description="Every Django role of the image platform; DJANGO_SETTINGS_MODULE says which." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION:-0.0.0}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# Without a VERSION the roles say that of pyproject.toml.
ENV PLATFORM_VERSION=${VERSION}
# Two arenas for all threads: each keeps what a hash or an upload once took.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py pyproject.toml ./
COPY platform_site platform_site
COPY accounts accounts
COPY gateway gateway
COPY images images
# Bytecode of what the roles import is made here, because the root file system is read-only later.
# The keys let a worker start far enough to import everything; they go with the layer's last command.
ARG IMPORTS="boto3, django.core.cache.backends.redis, platform_site.postgresql.base, \
gunicorn.app.wsgiapp, gunicorn.workers.gthread, kombu.transport.redis, psycopg_pool, storages.backends.s3"
RUN export PYTHONDONTWRITEBYTECODE= DJANGO_SETTINGS_MODULE=platform_site.settings.embedded VAR_DIR=/tmp/build \
    && python -c "from pathlib import Path; from platform_site.secrets import generation; generation.embedded_ensure(Path('/tmp/build/secrets'))" \
    && python -c "import ${IMPORTS}; boto3.client('s3', 'us-east-1', aws_access_key_id='-', aws_secret_access_key='-')" \
    && python manage.py check \
    && celery -A platform_site.celery worker --help >/dev/null \
    && celery -A platform_site.celery beat --help >/dev/null \
    && python -m compileall -q manage.py platform_site accounts gateway images \
    && rm -r /tmp/build
USER 10001:10001
CMD ["gunicorn", "-c", "python:platform_site.gunicorn"]

FROM ${NODE_IMAGE} AS bundle
WORKDIR /frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
# The document that the types are made from is the gateway's; the SPA has a link to it.
COPY gateway/openapi.json /gateway/openapi.json
RUN npm run build

FROM ${NGINX_IMAGE} AS frontend
ARG VERSION
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="image-platform frontend" \
      org.opencontainers.image.description="The single-page application on nginx, and the routes to the roles." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION:-0.0.0}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY frontend/nginx/defaults.envsh /docker-entrypoint.d/15-defaults.envsh
COPY frontend/nginx/templates /etc/nginx/templates
COPY --from=bundle /frontend/dist /usr/share/nginx/html
# A store elsewhere is believed by these authorities (STORE_CA).
RUN chmod 0755 /docker-entrypoint.d/15-defaults.envsh && test -s /etc/ssl/certs/ca-certificates.crt
USER 10001:10001
# SIGQUIT lets nginx end what it began; SIGTERM would cut it off.
STOPSIGNAL SIGQUIT
CMD ["nginx", "-c", "/tmp/nginx/nginx.conf"]

# PostgreSQL, and what keeps its archive: from the packages of PostgreSQL itself, which the base knows.
FROM ${POSTGRES_IMAGE} AS postgresql
LABEL org.opencontainers.image.title="image-platform postgresql" \
      org.opencontainers.image.description="PostgreSQL with pgBackRest." \
      org.opencontainers.image.licenses="PostgreSQL AND MIT"
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates pgbackrest \
    && rm -rf /var/lib/apt/lists/* && pgbackrest version
