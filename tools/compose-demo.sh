#!/usr/bin/env bash
# Builds the images, starts the fleet in containers, renders the sample designs into a directory, and stops it again:
#   tools/compose-demo.sh <directory>
set -euo pipefail
cd "$(dirname "$0")/.."
pictures=$(mkdir -p "$1" && cd "$1" && pwd)

# Version 2 of Compose is a command of Docker's, version 1 one of its own.
if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
else
    echo 'The containers are run by Docker Compose: install it.' >&2
    exit 1
fi
docker info >/dev/null 2>&1 || { echo 'No Docker engine answers: start it, or see whether you may use it.' >&2; exit 1; }

COMMIT=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
export COMMIT
echo 'Building the images; the first time takes some minutes.'
"${compose[@]}" --profile demo build --quiet
trap '"${compose[@]}" --profile demo down' EXIT
# Without Prometheus and Grafana.
"${compose[@]}" up -d local-aws api distributor worker-us-east-1 worker-us-west-2 worker-us-west-1
"${compose[@]}" run --rm --user "$(id -u):$(id -g)" --volume "$pictures:/pictures" demo || {
    status=$?
    "${compose[@]}" logs --tail=20
    exit "$status"
}
echo "The pictures are in $1."
