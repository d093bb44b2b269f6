# The tasks of a contributor. `make` without a target lists them.
.DEFAULT_GOAL := help
.PHONY: help demo inference-demo up cameras compose-demo test test-page test-browser test-containers bench bench-ordering bench-burst bench-dynamodb bench-keys bench-kafka verify-keys bench-scaling fuzz fuzz-seeds chaos check-deploy lint-deploy lint-openapi test-clients openapi-tools deploy diff destroy format release sbom jdk maven

PROJECT_VERSION := $(shell sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
STANDALONE := standalone/target/standalone-$(PROJECT_VERSION)-exec.jar
BENCH := bench/target/bench-$(PROJECT_VERSION)-exec.jar
CHAOS := chaos/target/chaos-$(PROJECT_VERSION)-exec.jar
SIMULATOR := simulator/target/simulator-$(PROJECT_VERSION)-exec.jar
# This file is updated after the jars were built from the current sources, also by make test.
PACKAGED := target/packaged
SOURCES := $(shell find . -path ./.git -prune -o \( -name pom.xml -o -path '*/src/main/*' -type f \) -print)

# A test writes the OpenAPI document, with all operations.
OPENAPI := api-service/target/openapi.json
OPENAPI_GENERATOR := 7.25.0

DEPLOY := python3 deploy/deploy.py
TEMPLATES := $(wildcard deploy/cloudformation/*.yaml)
LINT_REGIONS := us-east-1 us-west-2 cn-northwest-1
# Not checked for China: CloudFront has no origin access control there.
GLOBAL_TEMPLATES := deploy/cloudformation/cdn.yaml

# Without the first two options, JDK 25 prints warnings about Netty and Pekko.
JVM := --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseCompactObjectHeaders
MAVEN_JVM := --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow

JDK = $(shell tools/find-jdk.sh 2>/dev/null)
JAVA = $(JDK)/bin/java
MVN = JAVA_HOME='$(JDK)' MAVEN_OPTS='$(MAVEN_JVM) $(MAVEN_OPTS)' mvn -B --no-transfer-progress

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(PACKAGED) ## Start everything, render the sample designs into target/demo, and stop
	@$(JAVA) $(JVM) -jar $(STANDALONE) demo target/demo

up: $(PACKAGED) ## Start everything and run until Ctrl-C (AUTH=1: with an issuer, and tokens for every call)
	@exec $(JAVA) $(JVM) -jar $(STANDALONE) up $(if $(AUTH),--auth)

inference-demo: $(PACKAGED) ## Start everything, ask a model server about ten pictures, print the answers, and stop
	@$(JAVA) $(JVM) -jar $(STANDALONE) inference-demo target/inference-demo

compose-demo: ## Like demo, in containers: build the images, render into target/compose-demo, stop (needs Docker)
	@tools/compose-demo.sh target/compose-demo

test: test-page | jdk maven ## Build, check and test everything
	$(MVN) verify
	@mkdir -p $(dir $(PACKAGED)) && touch $(PACKAGED)

test-page: ## Test the functions of the page (needs Node.js; part of test)
	@command -v node >/dev/null || { echo 'make: The tests of the page need Node.js. Install it: apt-get install nodejs' >&2; exit 1; }
	node --test api-service/src/test/page/*.test.js

test-browser: | jdk maven ## Test the page in a browser (needs Chromium; part of test)
	$(MVN) -pl browser-tests -am -Dit.test=PageIT -Dfailsafe.failIfNoSpecifiedTests=false \
	    test-compile failsafe:integration-test failsafe:verify

test-containers: | jdk maven ## Test the images: run all services in containers and kill a worker (needs Docker; part of test)
	$(MVN) -pl system-tests -am -Dit.test=ContainersIT -Dfailsafe.failIfNoSpecifiedTests=false \
	    test-compile failsafe:integration-test failsafe:verify

bench: $(PACKAGED) ## Measure throughput, latency, AWS calls per job, and the renderer
	@$(JAVA) $(JVM) -jar $(BENCH) --output target/bench.json

bench-ordering: $(PACKAGED) ## Check that the jobs of one ordering key run one after another
	@$(JAVA) $(JVM) -jar $(BENCH) ordering

bench-burst: $(PACKAGED) ## Submit JOBS= jobs at once (default 50000) and check that each runs once
	@$(JAVA) $(JVM) -jar $(BENCH) burst $(if $(JOBS),--jobs '$(JOBS)')

bench-dynamodb: | jdk maven ## Measure the DynamoDB of local AWS: writes per second, memory per item, start
	$(MVN) -q -pl local-aws -am -Dtest=DynamoDbFigures -Dsurefire.failIfNoSpecifiedTests=false -Djacoco.skip \
	    -Drenderfleet.jvm='$(JVM)' test

cameras: $(PACKAGED) ## Let CAMERAS= simulated cameras (default 50) send events for SECONDS= (default 60), and measure
	@$(JAVA) $(JVM) -jar $(BENCH) cameras $(if $(CAMERAS),--cameras '$(CAMERAS)') $(if $(SECONDS),--seconds '$(SECONDS)')

bench-keys: | jdk maven ## Measure how long it takes to choose an API key, and how much of a limit four workers use
	$(MVN) -q -pl job-types/inference -am -Dtest='KeyPoolFigures,SharedCallsFigures' -Dsurefire.failIfNoSpecifiedTests=false -Djacoco.skip \
	    -Drenderfleet.jvm='$(JVM)' test

bench-kafka: | jdk maven ## Send 10,000 records through the bridge while one of three brokers stops and starts again
	$(MVN) -q -pl bridge-service -am -Dtest=BrokerOutageTests -Dsurefire.failIfNoSpecifiedTests=false -Djacoco.skip \
	    -Drenderfleet.bridge.records=10000 test

verify-keys: $(PACKAGED) ## Make one cheap call with each API key of the settings, and print a table (CONFIG=file.yml)
	@$(JAVA) $(JVM) -Dloader.main=io.renderfleet.jobtype.inference.fleet.VerifyKeys -cp $(STANDALONE) \
	    org.springframework.boot.loader.launch.PropertiesLauncher $(if $(CONFIG),--spring.config.import='file:$(CONFIG)')

bench-scaling: $(PACKAGED) ## Simulate how workers scale by their template, and update docs/scaling.md (SEED=)
	@$(JAVA) $(JVM) -jar $(SIMULATOR) $(if $(SEED),--seed '$(SEED)')

fuzz: | jdk maven ## Give arbitrary input to all readers of input (MINUTES= in all, default 10; TARGET= a part of a name)
	$(MVN) -q -pl fuzz -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
	@JAVA_HOME='$(JDK)' tools/fuzz.sh '$(or $(MINUTES),10)' '$(TARGET)'

fuzz-seeds: | jdk maven ## Write the valid inputs from which fuzzing starts
	$(MVN) -q -pl fuzz -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
	@$(JAVA) -cp "fuzz/target/test-classes:$$(cat fuzz/target/classpath.txt)" io.renderfleet.fuzz.SeedWriter \
	    fuzz/src/test/resources

chaos: $(PACKAGED) ## Kill processes, disconnect regions, and check that no job is lost or runs twice (SEED= JOBS= EVENTS= MINUTES=)
	@exec $(JAVA) $(JVM) -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar $(CHAOS) \
	    $(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)') $(if $(EVENTS),--events '$(EVENTS)') $(if $(MINUTES),--minutes '$(MINUTES)')

check-deploy: lint-deploy | jdk maven ## Check templates, environment files, alerts and dashboards, also against the code
	$(MVN) -q -pl deploy-tests -am -Dtest='io/renderfleet/deploy/*Tests' -Dsurefire.failIfNoSpecifiedTests=false test

lint-deploy: ## The part of check-deploy that make test does not have: cfn-lint, promtool and deploy.py
	@command -v cfn-lint >/dev/null || { echo 'cfn-lint is missing; it checks the templates. Install it: pip install cfn-lint' >&2; exit 1; }
	@command -v promtool >/dev/null || { echo 'promtool is missing; it checks the alerts. Install Prometheus: apt-get install prometheus, or brew install prometheus' >&2; exit 1; }
	cfn-lint --regions $(LINT_REGIONS) -- $(filter-out $(GLOBAL_TEMPLATES),$(TEMPLATES))
	cfn-lint --regions $(filter-out cn-%,$(LINT_REGIONS)) -- $(GLOBAL_TEMPLATES)
	@$(DEPLOY) check
	promtool check config deploy/prometheus/prometheus.yml
	promtool test rules deploy/prometheus/tests/*.yml

lint-openapi: $(OPENAPI) openapi-tools ## Check the OpenAPI document with the recommended rules of Redocly (needs Node.js)
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true tools/openapi/node_modules/.bin/redocly lint --config redocly.yaml $(OPENAPI)

test-clients: $(PACKAGED) $(OPENAPI) openapi-tools ## Generate a Python and a TypeScript client and run a job with each (needs Node.js, Python)
	$(MVN) -q -N dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:$(OPENAPI_GENERATOR) -DoutputDirectory=target/clients
	@tools/test-clients.sh target/clients/openapi-generator-cli-$(OPENAPI_GENERATOR).jar $(OPENAPI) $(STANDALONE)

$(OPENAPI): $(SOURCES) | jdk maven
	$(MVN) -q -pl api-service -am -Dtest='OpenApiExamplesTests#writesTheDocumentForOtherTools' \
	    -Dsurefire.failIfNoSpecifiedTests=false -Djacoco.skip test

openapi-tools:
	@command -v npm >/dev/null || { echo 'npm is missing; it installs the tools for the OpenAPI document and its clients. Install Node.js 22.12 or newer.' >&2; exit 1; }
	@npm ci --prefix tools/openapi --ignore-scripts --no-audit --no-fund --loglevel=error

deploy: ## Deploy an environment to AWS, stack by stack (ENV= IMAGE_TAG= YES=1)
	@$(DEPLOY) deploy '$(ENV)' --image-tag '$(IMAGE_TAG)' $(if $(YES),--yes)

diff: ## Show what deploy would change (ENV= IMAGE_TAG=)
	@$(DEPLOY) diff '$(ENV)' --image-tag '$(IMAGE_TAG)'

destroy: ## Delete the stacks of an environment, but keep its data (ENV= YES=1)
	@$(DEPLOY) destroy '$(ENV)' $(if $(YES),--yes)

format: | jdk maven ## Format the Java sources
	$(MVN) -q spotless:apply

release: | jdk maven ## Prepare a release in target/release: jars, SBOM and notes; publishes nothing (VERSION=x.y.z)
	@JAVA_HOME='$(JDK)' MAVEN_OPTS='$(MAVEN_JVM) $(MAVEN_OPTS)' tools/release.sh '$(VERSION)'

sbom: | jdk maven ## Write a CycloneDX SBOM of all libraries, direct and transitive, to target/sbom
	$(MVN) -q -DskipTests package org.cyclonedx:cyclonedx-maven-plugin:makeAggregateBom
	@mkdir -p target/sbom && cp target/renderfleet-sbom.cdx.json target/sbom/
	@echo 'The SBOM is target/sbom/renderfleet-sbom.cdx.json.'

$(PACKAGED): $(SOURCES) | jdk maven
	@echo 'Building; the first build takes a few minutes.'
	@$(MVN) -q -DskipTests package
	@mkdir -p $(@D) && touch $@

jdk:
	@tools/find-jdk.sh >/dev/null

maven:
	@command -v mvn >/dev/null || { echo 'Maven is missing. Install Maven 3.8.7 or newer.' >&2; exit 1; }
