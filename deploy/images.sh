#!/usr/bin/env bash
# Builds the images of the services and of the collector for an environment's processors, and pushes them to its registry
# in every region:
#   deploy/images.sh <environment> <tag>
# Images that a region already has are skipped, because their tags are immutable. Tasks refer to images by digest,
# which deploy.py finds by the tag.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=$1
tag=$2
file=deploy/environments/$environment.json
python3 deploy/deploy.py check "$file" >/dev/null
read -r architecture services regions < <(python3 - "$file" <<'PYTHON'
import json, sys
values = json.load(open(sys.argv[1]))
services = ["api", "distributor", "worker", "collector"] + (["bridge"] if values["bridge"] else [])
print({"ARM64": "linux/arm64", "X86_64": "linux/amd64"}[values["architecture"]], ",".join(services), *values["regions"])
PYTHON
)
commit=$(git rev-parse HEAD)
version=$(sed -n 's/^RENDERFLEET_VERSION=//p' .env)
account=$(aws sts get-caller-identity --query Account --output text)

missing() {
    ! aws --region "$1" ecr describe-images --repository-name "renderfleet-$environment-$2" \
        --image-ids "imageTag=$tag" >/dev/null 2>&1
}

for service in ${services//,/ }; do
    case $service in
        collector) source=(--file deploy/collector/Dockerfile deploy/collector) ;;
        *) source=(--target "$service-service" .) ;;
    esac
    built=
    for region in $regions; do
        missing "$region" "$service" || continue
        case $region in cn-*) suffix=amazonaws.com.cn ;; *) suffix=amazonaws.com ;; esac
        registry=$account.dkr.ecr.$region.$suffix
        image=$registry/renderfleet-$environment-$service:$tag
        if [ -z "$built" ]; then
            docker build --pull --platform "$architecture" --tag "$image" \
                --build-arg "VERSION=$version" --build-arg "COMMIT=$commit" "${source[@]}"
            built=$image
        fi
        docker tag "$built" "$image"
        aws --region "$region" ecr get-login-password | docker login --username AWS --password-stdin "$registry"
        docker push --quiet "$image"
    done
done
