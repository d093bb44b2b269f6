# Everything a contributor does, by name. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help demo up compose-demo test test-containers bench bench-ordering bench-burst bench-dynamodb bench-scaling chaos check-deploy deploy diff destroy format release jdk maven

PROJECT_VERSION := $(shell sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
STANDALONE := standalone/target/standalone-$(PROJECT_VERSION)-exec.jar
BENCH := bench/target/bench-$(PROJECT_VERSION)-exec.jar
CHAOS := chaos/target/chaos-$(PROJECT_VERSION)-exec.jar
SIMULATOR := simulator/target/simulator-$(PROJECT_VERSION)-exec.jar
# Written when the jars are newer than all they are made from.
PACKAGED := target/packaged
SOURCES := $(shell find . -path ./.git -prune -o \( -name pom.xml -o -path '*/src/main/*' -type f \) -print)

DEPLOY := python3 deploy/deploy.py
TEMPLATES := $(wildcard deploy/cloudformation/*.yaml)
LINT_REGIONS := us-east-1 us-west-2 cn-northwest-1
# CloudFront in China has no origin access control.
GLOBAL_TEMPLATES := deploy/cloudformation/cdn.yaml

# JDK 25 warns of what Netty and Pekko still do.
JVM := --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseCompactObjectHeaders
MAVEN_JVM := --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow

JDK = $(shell tools/find-jdk.sh 2>/dev/null)
JAVA = $(JDK)/bin/java
MVN = JAVA_HOME='$(JDK)' MAVEN_OPTS='$(MAVEN_JVM) $(MAVEN_OPTS)' mvn -B --no-transfer-progress

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(PACKAGED) ## Start everything, render the sample designs into target/demo, and stop
	@$(JAVA) $(JVM) -jar $(STANDALONE) demo target/demo

up: $(PACKAGED) ## Start everything and stay up until Ctrl-C
	@exec $(JAVA) $(JVM) -jar $(STANDALONE) up

compose-demo: ## As demo, in containers: build the images, render into target/compose-demo, and stop (needs Docker)
	@tools/compose-demo.sh target/compose-demo

test: | jdk maven ## Build, check and test everything
	$(MVN) verify

test-containers: | jdk maven ## Build the images, run the fleet in them, and kill a worker's container (needs Docker; part of test)
	$(MVN) -pl system-tests -am -Dit.test=ContainersIT -Dfailsafe.failIfNoSpecifiedTests=false \
	    test-compile failsafe:integration-test failsafe:verify

bench: $(PACKAGED) ## Measure throughput, latency, AWS calls per job and the renderer
	@$(JAVA) $(JVM) -jar $(BENCH) --output target/bench.json

bench-ordering: $(PACKAGED) ## Check that jobs of one ordering key run one after another
	@$(JAVA) $(JVM) -jar $(BENCH) ordering

bench-burst: $(PACKAGED) ## Submit JOBS= jobs at once (50000) and check that each is done once
	@$(JAVA) $(JVM) -jar $(BENCH) burst $(if $(JOBS),--jobs '$(JOBS)')

bench-dynamodb: | jdk maven ## Measure local AWS's DynamoDB: writes a second, memory an item, start
	$(MVN) -q -pl local-aws -am -Dtest=DynamoDbFigures -Dsurefire.failIfNoSpecifiedTests=false -Djacoco.skip \
	    -Drenderfleet.jvm='$(JVM)' test

bench-scaling: $(PACKAGED) ## Simulate how workers scale with their template's numbers, into docs/scaling.md (SEED=)
	@$(JAVA) $(JVM) -jar $(SIMULATOR) $(if $(SEED),--seed '$(SEED)')

chaos: $(PACKAGED) ## Kill processes, cut regions off, and prove that no job is lost or done twice (SEED= JOBS= MINUTES=)
	@exec $(JAVA) $(JVM) -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar $(CHAOS) \
	    $(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)') $(if $(MINUTES),--minutes '$(MINUTES)')

check-deploy: | jdk maven ## Check what is deployed: templates, alerts and dashboards, also against the code
	@command -v cfn-lint >/dev/null || { echo 'The templates are checked with cfn-lint: pip install cfn-lint.' >&2; exit 1; }
	cfn-lint --regions $(LINT_REGIONS) -- $(filter-out $(GLOBAL_TEMPLATES),$(TEMPLATES))
	cfn-lint --regions $(filter-out cn-%,$(LINT_REGIONS)) -- $(GLOBAL_TEMPLATES)
	@$(DEPLOY) check
	@if command -v promtool >/dev/null; then \
	    promtool check config deploy/prometheus/prometheus.yml && promtool test rules deploy/prometheus/tests/*.yml; \
	else \
	    echo "Prometheus's configuration and alerts were not checked: there is no promtool here (Debian: prometheus)."; \
	fi
	$(MVN) -q -pl deploy-tests -am -Dtest='io/renderfleet/deploy/*Tests' -Dsurefire.failIfNoSpecifiedTests=false test

deploy: ## Deploy an environment to AWS, stack by stack (ENV= IMAGE_TAG= YES=1)
	@$(DEPLOY) deploy '$(ENV)' --image-tag '$(IMAGE_TAG)' $(if $(YES),--yes)

diff: ## Show what deploy would change (ENV= IMAGE_TAG=)
	@$(DEPLOY) diff '$(ENV)' --image-tag '$(IMAGE_TAG)'

destroy: ## Delete the stacks of an environment, but none of its data (ENV=)
	@$(DEPLOY) destroy '$(ENV)' $(if $(YES),--yes)

format: | jdk maven ## Format the Java sources
	$(MVN) -q spotless:apply

release: | jdk maven ## Prepare a release in target/release: jars, SBOM and notes; publishes nothing (VERSION=x.y.z)
	@JAVA_HOME='$(JDK)' MAVEN_OPTS='$(MAVEN_JVM) $(MAVEN_OPTS)' tools/release.sh '$(VERSION)'

$(PACKAGED): $(SOURCES) | jdk maven
	@echo 'Building; the first time takes some minutes.'
	@$(MVN) -q -DskipTests package
	@mkdir -p $(@D) && touch $@

jdk:
	@tools/find-jdk.sh >/dev/null

maven:
	@command -v mvn >/dev/null || { echo 'Renderfleet is built with Maven 3.8.7 or newer: install maven.' >&2; exit 1; }
