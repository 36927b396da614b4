# Every verb of Gatehouse. CI, the documents and people call only these.
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
# With -C, make itself writes "Entering directory" on standard output, where the token has to be alone.
ifneq ($(and $(filter token,$(MAKECMDGOALS)),$(findstring w,$(firstword -$(MAKEFLAGS)))),)
$(error say `make -s -C <folder> token`; without -s, make writes lines of its own around the token)
endif
MAKEFLAGS += --no-print-directory

ifeq ($(filter output-sync,$(.FEATURES)),)
$(error this is make $(MAKE_VERSION); Gatehouse needs GNU make 4.0 or newer)
endif
# No variable of a shell leads a recipe out of this folder or into other code; scripts/child_environment.py says what
# reaches the programs that the scripts start.
unexport CDPATH BASH_ENV NODE_OPTIONS NODE_PATH VIRTUAL_ENV $(filter PYTHON% PIP_REQUIRE_VIRTUALENV GIT_%,$(.VARIABLES))
# A verb is a target with a description, whatever folder has the same name.
VERBS := $(shell sed -n 's/^\([a-z][a-z-]*\):.*\#\# .*/\1/p' $(firstword $(MAKEFILE_LIST)))
UNKNOWN := $(firstword $(foreach goal,$(filter-out $(VERBS),$(MAKECMDGOALS)),$(if $(findstring /,$(goal)),,$(goal))))
ifneq ($(UNKNOWN),)
$(error there is no verb '$(UNKNOWN)'$(shell python3 -I -c 'import difflib, sys; near = difflib.get_close_matches(sys.argv[1], sys.argv[2:], 1, 0.5); print("; did you mean `make " + near[0] + "`?" if near else ";")' '$(subst ','\'',$(UNKNOWN))' $(VERBS)) `make` alone lists all)
endif

TOOLS := .venv/installed
SITE_TOOLS := site/node_modules/.package-lock.json
BENCH_TOOLS := tests/performance/node_modules/.package-lock.json
LIGHTHOUSE_TOOLS := tests/lighthouse/node_modules/.package-lock.json
CHECKOV := .tools/checkov/installed
RUN := PYTHONUTF8=1 PYTHONPATH=functions .venv/bin/python -m
NODE_TEST := node --test --test-reporter=dot --test-reporter-destination=stdout \
	--test-reporter=spec --test-reporter-destination=build/node-tests.txt
NODE_TESTS = tests/unit/auth0/actions/*.test.* tests/unit/site/*.test.* tests/unit/site/*/*.test.*
PYTEST := $(RUN) pytest -q
ENV ?=
export ENV OUTSIDE CONFIRM TABLES JSON FOLLOW CONNECTION SCOPE LOGIN_FLOW API_SIGNING_ALGORITHM

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## The whole system on this machine
up: $(TOOLS) ## Build, start and deploy it all here (legacy: LOGIN_FLOW=implicit, API_SIGNING_ALGORITHM=HS256)
	@$(RUN) scripts.local.up
down: $(TOOLS) ## Stop it and keep its data
	@$(RUN) scripts.local.down
status: $(TOOLS) ## Tell what of it runs, and where
	@$(RUN) scripts.local.status
logs: $(TOOLS) ## Print the end of its logs, decisions too (REQUEST=<id> picks one request, FOLLOW=1 goes on)
	@$(RUN) scripts.local.logs
tenant: $(TOOLS) ## Run the local Auth0 tenant alone, in this terminal (ARGS="--faults"; ARGS=--help tells all)
	@$(RUN) scripts.local.tenant $(ARGS)
token: $(TOOLS) ## Print an access token of the local tenant for CONNECTION=<name> (SCOPE=), or for the machine client CLIENT=<name>
	@$(RUN) scripts.local.access_token
clean: $(TOOLS) ## Stop it and remove its data, its logs and build/
	@$(RUN) scripts.local.down --forget
	@rm -rf build

## Building and deploying
build: $(TOOLS) ## Build the Lambdas' zips and the site into build/
	@$(RUN) scripts.build
plan: $(TOOLS) ## Build, plan ENV=<environment> to a file, and show the plan
	@$(RUN) scripts.deploy.plan $(ENV)
apply: $(TOOLS) ## Apply the plan that `make plan ENV=<environment>` saved (OUTSIDE=yes: also outside our own names)
	@$(RUN) scripts.deploy.apply $(ENV)
forget: $(TOOLS) ## Let Terraform forget CONNECTION=<name> (or all) of ENV=; the tenant keeps it with its users
	@$(RUN) scripts.deploy.forget $(ENV)
destroy: $(TOOLS) ## Delete ENV=<environment>, after asking (CONFIRM=<its name>, TABLES=keep or delete)
	@$(RUN) scripts.deploy.destroy $(ENV)
unlock: $(TOOLS) ## Release the lock of ENV=<environment>'s state that an interrupted apply left, after asking (CONFIRM=)
	@$(RUN) scripts.deploy.unlock $(ENV)
revoke: $(TOOLS) ## Refuse SUB=, CLIENT=, KID= or JTI= within a minute (LIST=1 shows, UNDO=1 takes back)
	@$(RUN) scripts.operate.revoke $(ENV)
origin-key: $(TOOLS) ## Make a new key by which the APIs know the requests of ENV=<environment>'s distribution
	@$(RUN) scripts.operate.origin_key $(ENV)
explain: $(TOOLS) ## Say why the token on standard input opens what it opens
	@$(RUN) scripts.operate.explain $(ENV)
doctor: $(TOOLS) ## Look for what would make ENV=<environment>'s next apply fail or do harm, and for drift (JSON=1)
	@$(RUN) scripts.operate.doctor $(ENV)
access: $(TOOLS) ## Print who may call what, as access.yaml and the OpenAPI documents say
	@$(RUN) scripts.review.access

## Tests
test: $(TOOLS) $(CHECKOV) $(SITE_TOOLS) ## Run every test and check, two kinds at a time
	@$(RUN) scripts.check.every_kind
check: $(TOOLS) $(SITE_TOOLS) ## The quick loop: linters, types and the tests that start no process
	@$(RUN) scripts.check.lint --quick
	@$(PYTEST) -n 2 --dist loadfile --no-processes tests/unit
	@$(NODE_TEST) $(NODE_TESTS) || { cat build/node-tests.txt; exit 1; }
lint: $(TOOLS) $(CHECKOV) $(SITE_TOOLS) ## Check style, types, imports and Terraform's security
	@$(RUN) scripts.check.lint
test-unit: $(TOOLS) $(SITE_TOOLS) ## Test functions, Action, site, build, tenant, local AWS and scripts
	@$(PYTEST) -n 2 --dist loadfile tests/unit
	@$(NODE_TEST) $(NODE_TESTS) || { cat build/node-tests.txt; exit 1; }
test-terraform: $(TOOLS) ## Validate and test the Terraform modules, with mocked providers
	@$(RUN) scripts.check.terraform_test
test-system: $(TOOLS) ## Bring stacks of its own up, and drive them by HTTP and in Chromium
	@$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder tests/system tests/browser
test-browser: $(TOOLS) ## Only the part in Chromium; screenshots go to build/screenshots/
	@$(PYTEST) tests/browser
test-cloud-root: $(TOOLS) ## Apply terraform/cloud here, where PROVIDER_MIRROR or the registry has the auth0 provider
	@$(RUN) scripts.check.cloud_root
attack: $(TOOLS) ## Send hostile tokens to the stack at URL=<address>, by default the one here (TOKEN=, RATE=)
	@$(RUN) scripts.check.attack $(if $(URL),"$(URL)") $(if $(RATE),--rate "$(RATE)")
mutants: $(TOOLS) ## Change the authorizer statement by statement; name what no test notices (MODULES=, about 8 minutes)
	@$(RUN) tests.mutants $(MODULES)
bench: $(TOOLS) $(BENCH_TOOLS) ## Measure the authorizer's speed, size and memory beside its peers'
	@$(RUN) tests.performance
lighthouse: $(TOOLS) $(LIGHTHOUSE_TOOLS) ## Measure the running local site with Lighthouse, signed out and in, phone and desktop
	@$(RUN) tests.lighthouse
soak: $(TOOLS) ## Sign in 20,000 times at the local tenant on one core, and watch rate, errors and memory
	@$(RUN) tests.performance.tenant_soak

## Tools
format: $(TOOLS) $(SITE_TOOLS) ## Format all code
	@.venv/bin/ruff format -q . && .venv/bin/ruff check -q --fix . && terraform fmt -recursive terraform && npm --prefix site run --silent format
lock: $(TOOLS) ## Compile pyproject.toml's groups to requirements/ (UPGRADE=1 takes newer versions)
	@$(RUN) scripts.lock

$(TOOLS): requirements/uv.txt requirements/dev.txt .python-version
	@command -v python3 >/dev/null || { echo "error: python3 is not on PATH; install Python 3.11 or newer." >&2; exit 2; }
	@python3 -I scripts/install.py
$(CHECKOV): requirements/checkov.txt $(TOOLS)
	@python3 -I scripts/install.py checkov
$(SITE_TOOLS): site/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py site
$(BENCH_TOOLS): tests/performance/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py tests/performance
$(LIGHTHOUSE_TOOLS): tests/lighthouse/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py tests/lighthouse

.PHONY: $(VERBS)
