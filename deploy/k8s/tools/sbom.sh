#!/bin/sh
# What the images hold beside their bases, as CycloneDX, from the locked packages: var/sbom/*.cdx.json
set -eu
cd "$(dirname "$0")/../../.."
tool=var/tools/cyclonedx
lock=deploy/k8s/tools/requirements-cyclonedx.lock
if ! cmp -s "$lock" "$tool/installed.lock"; then
    rm -rf "$tool" && mkdir -p var/tools
    .venv/bin/python -m venv "$tool"
    "$tool/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    cp "$lock" "$tool/installed.lock"
fi
mkdir -p var/sbom
"$tool/bin/cyclonedx-py" requirements --output-reproducible --pyproject pyproject.toml \
    --output-file var/sbom/app.cdx.json requirements.lock
(cd frontend && npm sbom --sbom-format=cyclonedx --package-lock-only --omit=dev) > var/sbom/frontend.cdx.json
ls -l var/sbom/*.cdx.json
