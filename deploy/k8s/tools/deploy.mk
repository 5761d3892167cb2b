# The commands of docs/deploy.md; the Makefile includes this file.
.PHONY: k8s-secrets k8s-rotate-keys k8s-redis-users k8s-check k8s-apply k8s-change-overlay k8s-backup k8s-rehearse k8s-restore database-archive k8s-archive-secrets k8s-reference k8s-measure k8s-dev k8s-release k8s-rollout pin-images images image-postgresql image-roots image-check sbom compose-up compose-down
OVERLAY ?= platform
REGISTRY ?= localhost/image-platform
BUILDER ?= $(shell command -v docker || command -v podman)
SECRETS := deploy/k8s/credentials/secrets
RELEASED = $(shell sed -n 's/^  version: "\(.*\)"$$/\1/p' deploy/k8s/release/release.yaml)
ARCHIVED = $(shell sed -n 's/^    literals: \[version=\(.*\)\]$$/\1/p' deploy/k8s/components/backup/kustomization.yaml)
LABELS = $(if $(WEB_SERVER),--build-arg WEB_SERVER=$(WEB_SERVER)) --build-arg VERSION=$(RELEASED) --build-arg REVISION=$(shell git rev-parse HEAD) --build-arg CREATED=$(shell git log -1 --format=%cI)

k8s-secrets: .venv/.runtime ## make the keys and passwords of a cluster, or those that are missing
	@LOG_LEVEL=ERROR $(PY) manage.py init_secrets --directory $(SECRETS)

k8s-rotate-keys: .venv/.runtime ## replace a key in safe steps (KIND=signing|delivery|django|service|accounts|database|store STEP=switch|finish; KIND=status)
	@LOG_LEVEL=ERROR $(PY) manage.py rotate_keys "$(KIND)" $(if $(STEP),--$(STEP)) $(if $(NOW),--now) $(if $(DRY_RUN),--dry-run) --directory $(SECRETS)

k8s-redis-users: .venv/.runtime ## write the users of both Redis anew, after a password changed
	@LOG_LEVEL=ERROR $(PY) manage.py redis_users --directory $(SECRETS)

k8s-check: .venv/.development ## say what is wrong with an overlay before it is applied (OVERLAY=platform)
	@$(PY) -m deploy.k8s.tools.check $(OVERLAY) --cluster

k8s-apply: .venv/.development ## check an overlay, let its Jobs run anew, apply it (OVERLAY=platform)
	@sh deploy/k8s/tools/apply.sh $(OVERLAY)

k8s-change-overlay: .venv/.development ## go to another overlay in safe steps (FROM=platform TO=headless CONFIRM=yes)
	@CONFIRM="$(CONFIRM)" DATA_SAVED="$(DATA_SAVED)" sh deploy/k8s/tools/change_overlay.sh "$(FROM)" "$(TO)"

k8s-backup: ## make a backup of the cluster now
	@sh deploy/k8s/tools/backup.sh backup

k8s-rehearse: ## restore the newest backup of the cluster on trial now, and say how long it took
	@sh deploy/k8s/tools/backup.sh rehearsal

k8s-restore: .venv/.development ## put back a backup (BACKUP=latest or its id), or the database alone from its archive (TO=time|latest) (CONFIRM=yes)
	@CONFIRM="$(CONFIRM)" sh deploy/k8s/tools/$(if $(TO),restore_database.sh "$(TO)",restore.sh "$(BACKUP)") "$(OVERLAY)"

database-archive: ## the database's archive without a cluster (DO=show|verify|"restore latest", ENV=var/archive.env)
	@set -a && . $(abspath $(or $(ENV),var/archive.env)) && sh deploy/k8s/components/backup/pgbackrest.sh $(DO)

k8s-archive-secrets: .venv/.runtime ## make the passphrase and certificates of components/backup, or those that are missing
	@LOG_LEVEL=ERROR $(PY) manage.py init_archive

k8s-reference: .venv/.development ## write docs/deploy-reference.md from the manifests (TOP=file of kubectl top)
	@LOG_LEVEL=ERROR $(PY) -m deploy.k8s.tools.reference $(if $(TOP),--top $(TOP) --day $(shell date +%F))

k8s-measure: .venv/.development ## measure what each workload uses, by processes here
	@$(PY) -m tests.deploy.measure

k8s-dev: .venv/.development ## the platform on kind, k3d or minikube: build, load, apply, wait
	@sh deploy/k8s/tools/dev.sh

k8s-release: .venv/.runtime ## write the version that a cluster runs (VERSION=1.2.3, APP_DIGEST=, FRONTEND_DIGEST=)
	@$(PY) -m deploy.k8s.tools.release "$(VERSION)" --app-digest "$(APP_DIGEST)" --frontend-digest "$(FRONTEND_DIGEST)"

k8s-rollout: ## give the new colour to a few first, and take it back if it is worse (COLOUR=green DO=status|dry-run|revert)
	@sh deploy/k8s/tools/rollout.sh "$(COLOUR)" "$(DO)"

pin-images: .venv/.runtime ## turn the tags of third-party images into digests (needs a network)
	@$(PY) -m deploy.k8s.tools.pin_images

images: ## build both images and push them (REGISTRY=registry.example.com/image-platform, WEB_SERVER=granian)
	@for target in app frontend; do \
		$(BUILDER) build --target $$target $(LABELS) --tag $(REGISTRY)/$$target:$(RELEASED) . || exit 1; \
		case $(REGISTRY) in localhost/*) ;; *) $(BUILDER) push $(REGISTRY)/$$target:$(RELEASED) || exit 1 ;; esac; \
	done

image-postgresql: ## build the image of components/backup, and push it (REGISTRY=registry.example.com/image-platform)
	@$(BUILDER) build --target postgresql --tag $(REGISTRY)/postgresql:$(ARCHIVED) .
	@case $(REGISTRY) in localhost/*) ;; *) $(BUILDER) push $(REGISTRY)/postgresql:$(ARCHIVED) ;; esac

image-roots: .venv/.development ## build the images from bases made here and unpack them: var/images/
	@sh tests/deploy/images/build

image-check: image-roots ## and run every role from them by its own manifest
	@$(PY) -m pytest -q tests/deploy/test_cluster.py

sbom: .venv/.runtime ## what the images hold, as CycloneDX: var/sbom/
	@sh deploy/k8s/tools/sbom.sh

compose-up: ## the whole platform with Docker or Podman Compose, at http://localhost:8080
	@LOG_LEVEL=ERROR $(PY) manage.py init_secrets --directory var/compose
	@chmod 0700 var/compose && chmod -R a+rX var/compose/*
	@$(BUILDER) compose up --build --detach --wait

compose-down: ## end it; volumes and keys stay
	@$(BUILDER) compose down
