# Every command of Gatehouse. CI, the documents and people call only these.
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
# With -C, make prints "Entering directory" on standard output, where only the token may be.
ifneq ($(and $(filter token,$(MAKECMDGOALS)),$(findstring w,$(firstword -$(MAKEFLAGS)))),)
$(error use `make -s -C <folder> token`; without -s, make prints lines of its own around the token)
endif
MAKEFLAGS += --no-print-directory

ifeq ($(filter output-sync,$(.FEATURES)),)
$(error this is make $(MAKE_VERSION); Gatehouse needs GNU make 4.0 or newer)
endif
# Unset the shell variables that would send a recipe to another folder or load other code into it.
# scripts/child_environment.py composes the environment of every program that the scripts start.
unexport CDPATH BASH_ENV NODE_OPTIONS NODE_PATH VIRTUAL_ENV $(filter PYTHON% PIP_REQUIRE_VIRTUALENV GIT_%,$(.VARIABLES))
# A target with a description is a verb, even if a folder has the same name.
VERBS := $(shell sed -n 's/^\([a-z][a-z-]*\):.*\#\# .*/\1/p' $(firstword $(MAKEFILE_LIST)))
UNKNOWN := $(firstword $(foreach goal,$(filter-out $(VERBS),$(MAKECMDGOALS)),$(if $(findstring /,$(goal)),,$(goal))))
ifneq ($(UNKNOWN),)
$(error there is no verb '$(UNKNOWN)'$(shell python3 -I -c 'import difflib, sys; near = difflib.get_close_matches(sys.argv[1], sys.argv[2:], 1, 0.5); print("; did you mean `make " + near[0] + "`?" if near else ";")' '$(subst ','\'',$(UNKNOWN))' $(VERBS)) `make` alone lists all)
endif

TOOLS := .venv/installed
SITE_TOOLS := site/node_modules/.package-lock.json
COMPILER := scripts/build/compiler/node_modules/.package-lock.json
BENCH_TOOLS := tests/performance/node_modules/.package-lock.json
LIGHTHOUSE_TOOLS := tests/lighthouse/node_modules/.package-lock.json
CHECKOV := .tools/checkov/installed
DRILLS := .tools/drills/installed
RUN := PYTHONUTF8=1 PYTHONPATH=functions .venv/bin/python -m
NODE_TEST := node --test --test-reporter=dot --test-reporter-destination=stdout \
	--test-reporter=spec --test-reporter-destination=build/node-tests.txt
NODE_TESTS = tests/unit/auth0/actions/*.test.* tests/unit/site/*.test.* tests/unit/site/*/*.test.*
PYTEST := $(RUN) pytest -q
BY_FILE := --dist loadfile --no-loadscope-reorder
ENV ?=
export ENV NAME WRITES OUTSIDE CONFIRM TO SHARE MINUTES DRY VISITORS SECONDS TABLES JSON FOLLOW SINCE REQUEST CONNECTION SCOPE FORMAT BASE ACCEPTED LIMIT LOGIN_FLOW API_SIGNING_ALGORITHM

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## The whole system on this machine
up: $(TOOLS) ## Build and run the whole system on this machine (legacy: LOGIN_FLOW=implicit, API_SIGNING_ALGORITHM=HS256)
	@$(RUN) scripts.local.up
down: $(TOOLS) ## Stop it and keep its data
	@$(RUN) scripts.local.down
status: $(TOOLS) ## Show which services run, and where
	@$(RUN) scripts.local.status
logs: $(TOOLS) ## Print the end of its logs, with the decisions (REQUEST=<id>, FOLLOW=1; ENV=, SINCE=15m for a deployed environment)
	@$(RUN) scripts.local.logs $(ENV)
tenant: $(TOOLS) ## Run only the local Auth0 tenant, in this terminal (ARGS="--faults"; ARGS=--help lists all options)
	@$(RUN) scripts.local.tenant $(ARGS)
token: $(TOOLS) ## Print an access token of the local tenant for CONNECTION=<name> (SCOPE=), or for the machine client CLIENT=<name>
	@$(RUN) scripts.local.access_token
clean: $(TOOLS) ## Stop it and delete its data, its logs and build/
	@$(RUN) scripts.local.down --forget
	@rm -rf build

## Building and deploying
build: $(TOOLS) ## Build the Lambdas' zips and the site into build/
	@$(RUN) scripts.build
new-environment: $(TOOLS) ## Write the two files of the environment NAME=<name>, and say what to fill in
	@$(RUN) scripts.deploy.new_environment
bootstrap: $(TOOLS) ## Create the prerequisites of ENV=<environment>'s first plan, after asking (REPOSITORY=<owner>/<name>, CONFIRM=)
	@$(RUN) scripts.deploy.bootstrap $(ENV)
sbom: $(TOOLS) $(SITE_TOOLS) ## List the libraries of every archive with their licences, as CycloneDX in build/sbom/
	@$(RUN) scripts.build.sbom
new-api: $(TOOLS) ## Add an API: NAME=<plural noun>, CONNECTION=<name> to grant its scopes to, WRITES=yes for POST, PUT and DELETE
	@$(RUN) scripts.build.new_api
plan: $(TOOLS) ## Build, save a plan of ENV=<environment>, and show it
	@$(RUN) scripts.deploy.plan $(ENV)
apply: $(TOOLS) ## Apply the plan that `make plan ENV=<environment>` saved, then run smoke (OUTSIDE=yes accepts changes outside our own names)
	@$(RUN) scripts.deploy.apply $(ENV)
	@$(RUN) scripts.operate.smoke $(ENV) --after-apply
deploy-canary: $(TOOLS) ## Try the code of ENV=<environment>'s saved plan on SHARE=10 percent for MINUTES=10; then apply it, or go back if an alarm goes off
	@$(RUN) scripts.operate.canary $(ENV)
	@$(RUN) scripts.deploy.apply $(ENV)
	@$(RUN) scripts.operate.smoke $(ENV) --after-apply
preview: $(TOOLS) ## Print the address of the preview ENV=pull<number>; plan, apply and destroy take such a name too
	@$(RUN) scripts.deploy.preview $(ENV)
smoke: $(TOOLS) ## Check that ENV=<environment> answers visitors, programs and attackers as it should, and how fast (TOKEN=)
	@$(RUN) scripts.operate.smoke $(ENV)
rollback: $(TOOLS) ## Go back to the last good release of ENV=<environment>, or to TO=<number>, after asking (CONFIRM=)
	@$(RUN) scripts.operate.rollback $(ENV)
forget: $(TOOLS) ## Remove CONNECTION=<name> (or all), or NAME=api, from Terraform's state of ENV=; the tenant keeps it
	@$(RUN) scripts.deploy.forget $(ENV)
destroy: $(TOOLS) ## Delete ENV=<environment>, after asking (CONFIRM=<its name>, TABLES=keep or delete)
	@$(RUN) scripts.deploy.destroy $(ENV)
unlock: $(TOOLS) ## Release the lock of ENV=<environment>'s state that an interrupted apply left, after asking (CONFIRM=)
	@$(RUN) scripts.deploy.unlock $(ENV)
recover: $(TOOLS) ## Take the objects that an interrupted apply of ENV=<environment> made into the state, after asking (CONFIRM=)
	@$(RUN) scripts.deploy.recover $(ENV)
revoke: $(TOOLS) ## Revoke SUB=, CLIENT=, KID= or JTI= within a minute (LIST=1 lists, UNDO=1 undoes)
	@$(RUN) scripts.operate.revoke $(ENV)
secret: $(TOOLS) ## Set the client id and secret of the connection NAME= of ENV=; NAME=api makes the API for HS256 (DRY=1, CONFIRM=)
	@$(RUN) scripts.operate.secret $(ENV)
rotate-keys: $(TOOLS) ## Rotate WHAT=signing-key, api-secret or client-key (NEW_KEY=) of ENV=, nobody refused (DRY=1, CONFIRM=, SURE=)
	@$(RUN) scripts.operate.rotate_keys $(ENV)
user-erase: $(TOOLS) ## Erase the user SUB= in the tenant of ENV=<environment> and refuse their tokens, after asking (CONFIRM=)
	@$(RUN) scripts.operate.user_erase $(ENV)
backup-drill: $(TOOLS) ## Restore copies of ENV=<environment>'s tables and state, export its tenant, and compare
	@$(RUN) scripts.operate.backup_drill $(ENV)
origin-key: $(TOOLS) ## Rotate the key that proves to the APIs that a request came through ENV=<environment>'s distribution
	@$(RUN) scripts.operate.origin_key $(ENV)
explain: $(TOOLS) ## Explain which routes the token on standard input opens, and why
	@$(RUN) scripts.operate.explain $(ENV)
denials: $(TOOLS) ## Count the refusals in ENV=<environment> by reason, operation and caller, and list failed requests (SINCE=1h, 10:00)
	@$(RUN) scripts.operate.denials $(ENV)
why: $(TOOLS) ## Follow REQUEST=<id> through gateway, authorizer and function, and explain its answer (SINCE=1d)
	@$(RUN) scripts.operate.why $(ENV)
live: $(TOOLS) ## Show which versions answer in ENV=<environment>, since when, by whom, and their drift
	@$(RUN) scripts.operate.live $(ENV)
doctor: $(TOOLS) ## Find problems that would make ENV=<environment>'s next apply fail or do harm, and drift (JSON=1)
	@$(RUN) scripts.operate.doctor $(ENV)
access: $(TOOLS) ## Print who may call which operation, from access.yaml and the OpenAPI documents (FORMAT=json)
	@$(RUN) scripts.review.access
plan-report: $(TOOLS) ## Report what the saved plan of ENV= means, and check it against the rules (ACCEPTED=, CHANGES=, PLAN_JSON=<file>, LIMIT=)
	@$(RUN) scripts.review.plan_report $(ENV)
cost: $(TOOLS) ## Estimate what the saved plan of ENV= costs a month, at three sizes of traffic (BASE=<a plan's JSON>, PLAN_JSON=)
	@$(RUN) scripts.review.cost $(ENV)
access-diff: $(TOOLS) ## Show for whom the change since BASE=<main> opens or closes which operation (FORMAT=json, ACCEPTED=<file>)
	@$(RUN) scripts.review.access_diff
audit: $(TOOLS) ## Look up every locked library in the databases of known vulnerabilities
	@$(RUN) scripts.review.audit
evidence: $(TOOLS) $(CHECKOV) $(SITE_TOOLS) $(COMPILER) ## Collect build/evidence/ for an auditor: threats, controls, test results, scans, lists
	@$(RUN) scripts.review.evidence
prove: $(TOOLS) ## Prove that the authorizer's policies allow what the documents declare, and nothing else, on all paths
	@$(RUN) scripts.review.prove

## In a job of GitHub Actions (docs/pipeline.md)
description: $(TOOLS) ## Write the pull request's description to build/pipeline/description.md, for ACCEPTED
	@$(RUN) scripts.pipeline.description
comment: $(TOOLS) ## Put REPORT="<file> ..." into the pull request's one comment ABOUT=<subject>, and into the job's summary
	@$(RUN) scripts.pipeline.comment
record-plan: $(TOOLS) ## Record the reviewed changes of ENV=<environment> on the pull request's commit
	@$(RUN) scripts.pipeline.record_plan $(ENV)
keep-plan: $(TOOLS) ## Put the saved plan of ENV=<environment> and its build into build/kept-plan/, unless it holds a secret
	@$(RUN) scripts.pipeline.keep_plan $(ENV)
require-plan: $(TOOLS) ## Refuse ENV=<environment>'s saved plan if it has a change that nobody has reviewed (PLAN=)
	@$(RUN) scripts.pipeline.require_plan $(ENV)
drift: $(TOOLS) ## Open, change or close the issue on the drift of ENV=<environment>
	@$(RUN) scripts.pipeline.drift $(ENV)
closed-previews: $(TOOLS) ## List the previews whose pull request is closed, or has lost its label
	@$(RUN) scripts.pipeline.closed_previews
propose: $(TOOLS) ## Put the changed files into a pull request (BRANCH=, TITLE=)
	@$(RUN) scripts.pipeline.propose
release: $(TOOLS) $(SITE_TOOLS) $(COMPILER) ## Pack the archives of VERSION=, the lists of their libraries and its notes into build/release/
	@$(RUN) scripts.pipeline.release
publish: $(TOOLS) ## Publish VERSION= on GitHub from build/release/
	@$(RUN) scripts.pipeline.publish

## Tests
test: $(TOOLS) $(SITE_TOOLS) $(COMPILER) ## Run the tests and checks, except test-long and test-cloud-root, two kinds at a time
	@$(RUN) scripts.check.every_kind
check: $(TOOLS) $(SITE_TOOLS) $(COMPILER) ## Run the quick checks: linters, types and the tests that start no process
	@$(RUN) scripts.check.lint --quick
	@$(PYTEST) -n 2 --dist loadfile --no-processes tests/unit
	@$(NODE_TEST) $(NODE_TESTS) || { cat build/node-tests.txt; exit 1; }
lint: $(TOOLS) $(CHECKOV) $(SITE_TOOLS) ## Check style, types, imports and Terraform's security
	@$(RUN) scripts.check.lint
test-unit: $(TOOLS) $(SITE_TOOLS) $(COMPILER) ## Run the unit tests of functions, Action, site, build, tenant, local AWS and scripts
	@$(PYTEST) -n 3 $(BY_FILE) -m "not long" tests/unit
	@$(NODE_TEST) $(NODE_TESTS) || { cat build/node-tests.txt; exit 1; }
test-terraform: $(TOOLS) ## Validate and test the Terraform modules, with mocked providers
	@$(RUN) scripts.check.terraform_test
test-system: $(TOOLS) ## Start whole stacks, and test them over HTTP and in Chromium
	@$(PYTEST) -n 2 $(BY_FILE) -m "not long" tests/system tests/browser
test-browser: $(TOOLS) ## Run only the tests in Chromium; screenshots go to build/screenshots/
	@$(PYTEST) tests/browser
test-long: $(TOOLS) $(SITE_TOOLS) $(COMPILER) ## Run the tests that kill, redeploy or roll back what runs, or wait until keys expire
	@$(PYTEST) -n 5 $(BY_FILE) -m long tests/unit tests/system tests/browser
test-cloud-root: $(TOOLS) ## Apply terraform/cloud to the emulators, if PROVIDER_MIRROR or the registry has the auth0 provider
	@$(RUN) tests.cloud_root
attack: $(TOOLS) ## Send hostile tokens to the stack at URL=<address>, by default the local one (TOKEN=, RATE=)
	@$(RUN) scripts.check.attack $(if $(URL),"$(URL)") $(if $(RATE),--rate "$(RATE)")
mutants: $(TOOLS) ## Mutate the authorizer statement by statement; list the mutants that no test kills (MODULES=, about 12 minutes)
	@$(RUN) tests.mutants $(MODULES)
bench: $(TOOLS) $(BENCH_TOOLS) ## Compare the authorizer's speed, size and memory with its peers'
	@$(RUN) tests.performance
bench-scale: $(TOOLS) ## Measure build, plan and authorizer with 1, 10, 100 and 300 APIs of ten operations (COUNTS="1 10")
	@$(RUN) tests.performance.scale $(COUNTS)
lighthouse: $(TOOLS) $(LIGHTHOUSE_TOOLS) ## Measure the running local site with Lighthouse, signed out and in, phone and desktop
	@$(RUN) tests.lighthouse
faults: $(TOOLS) $(SITE_TOOLS) $(COMPILER) ## Break the system on purpose, as docs/faults.md lists, and print each promise with its result
	@$(RUN) scripts.review.faults
load: $(TOOLS) $(DRILLS) ## Let VISITORS=10 simulated visitors use the running local system for SECONDS=60; measure rate, times, errors, memory
	@$(RUN) tests.load
fuzz: $(TOOLS) $(DRILLS) ## Test the running local APIs against their OpenAPI documents, with SECONDS=60 of generated requests each
	@$(RUN) tests.fuzz
soak: $(TOOLS) ## Sign in 20,000 times at the local tenant on one core; measure rate, errors and memory
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
$(DRILLS): requirements/drills.txt $(TOOLS)
	@python3 -I scripts/install.py drills
$(SITE_TOOLS): site/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py site
$(COMPILER): scripts/build/compiler/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py scripts/build/compiler
$(BENCH_TOOLS): tests/performance/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py tests/performance
$(LIGHTHOUSE_TOOLS): tests/lighthouse/package-lock.json | $(TOOLS)
	@python3 -I scripts/install.py tests/lighthouse

.PHONY: $(VERBS)
