#!/usr/bin/env bash
# Prepares a release in target/release, and neither commits, tags, pushes nor publishes anything:
#   tools/release.sh <version>
# It sets the version in the POMs, in .env and in the changelog, builds every module, writes a CycloneDX SBOM, and takes
# the release notes from CHANGELOG.md. The same commit and version give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-}

refuse() {
    echo "release: $1" >&2
    exit 2
}

[[ $version =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] \
    || refuse "'$version' is not a version: give three numbers, as in make release VERSION=0.1.0."
[ -z "$(git status --porcelain)" ] \
    || refuse "The working tree has changes that are not committed: commit or stash them first."
if git rev-parse -q --verify "refs/tags/v$version" >/dev/null; then
    refuse "The tag v$version exists already: choose a higher version."
fi
notes=$(awk '/^## /{inside = ($0 == "## Unreleased"); next} inside' CHANGELOG.md | sed '/./,$!d')
[ -n "${notes//[[:space:]]/}" ] \
    || refuse "CHANGELOG.md has nothing below '## Unreleased': describe there what the release changes."

: "${JAVA_HOME:=$(tools/find-jdk.sh)}"
export JAVA_HOME
read -ra mvn <<<"${MVN:-mvn -B --no-transfer-progress}"
old=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
# The time of the commit, in the changelog and in every jar.
seconds=$(git log -1 --format=%ct)
timestamp=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
trap 'echo "release: failed; git checkout . undoes the changes to the version." >&2' ERR

# A POM names the project's version once: its own, or its parent's.
for pom in pom.xml */pom.xml; do
    sed -i "s:<version>${old//./\\.}</version>:<version>$version</version>:" "$pom"
done
sed -i "s|<project.build.outputTimestamp>.*</project.build.outputTimestamp>|<project.build.outputTimestamp>$timestamp</project.build.outputTimestamp>|" pom.xml
sed -i "s:^RENDERFLEET_VERSION=.*:RENDERFLEET_VERSION=$version:" .env
sed -i "s:^## Unreleased$:## $version, ${timestamp%%T*}:" CHANGELOG.md

echo "Building $version; this takes some minutes."
"${mvn[@]}" -q -DskipTests clean package org.cyclonedx:cyclonedx-maven-plugin:makeAggregateBom
rm -rf target/release
mkdir -p target/release
cp */target/*-"$version".jar */target/*-"$version"-exec.jar target/release/
# They have nothing but tests.
rm -f target/release/{deploy,system}-tests-*
cp target/renderfleet-sbom.json target/release/
printf '# Renderfleet %s\n\n%s\n' "$version" "$notes" >target/release/RELEASE-NOTES.md
(cd target/release && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
ls target/release
cat <<END

Everything is in target/release; nothing was committed or published. To release it:
  git commit -am 'Release $version' && git tag v$version
Then set the next version in the POMs and .env, and begin a new '## Unreleased' in CHANGELOG.md.
END
