#!/usr/bin/env bash
# Builds the images, starts all services in containers, renders the sample designs into a directory, asks the model server
# about pictures and an event, and stops them:
#   tools/compose-demo.sh <directory>
set -euo pipefail
cd "$(dirname "$0")/.."
pictures=$(mkdir -p "$1" && cd "$1" && pwd)

# Compose 2 is a subcommand of docker, Compose 1 is a command of its own.
if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
else
    echo 'Docker Compose is missing. Install docker-compose, or the compose plugin of Docker.' >&2
    exit 1
fi
docker info >/dev/null 2>&1 || { echo 'The Docker engine does not respond. Start it, and check that your user may use it.' >&2; exit 1; }

COMMIT=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
export COMMIT
echo 'Building the images; the first build takes a few minutes.'
"${compose[@]}" --profile demo build --quiet
trap '"${compose[@]}" --profile demo down' EXIT
# Prometheus and Grafana are not needed for the demo.
"${compose[@]}" up -d local-aws issuer fake-llm api distributor worker-us-east-1 worker-us-west-2 worker-us-west-1 \
    worker-inference-us-east-1 worker-inference-us-west-2 worker-inference-us-west-1
for command in demo inference-demo; do
    "${compose[@]}" run --rm --user "$(id -u):$(id -g)" --volume "$pictures:/pictures" demo \
        "$command" /pictures http://api:8080 \
        --token-url http://issuer:9500/oauth2/token --client operations --client-secret operations || {
        status=$?
        "${compose[@]}" logs --tail=20
        exit "$status"
    }
done
echo "The pictures and the answers are in $1."
