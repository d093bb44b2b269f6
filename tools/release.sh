#!/usr/bin/env bash
# Prepares a release in target/release. Does not commit, tag, push or publish anything:
#   tools/release.sh <version>
# Sets the version in the POMs, in .env and in the changelog, builds every module, writes a CycloneDX SBOM, and copies the
# release notes from CHANGELOG.md. The same commit and version give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-}

refuse() {
    echo "release: $1" >&2
    exit 2
}

[[ $version =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] \
    || refuse "'$version' is not a version. Use three numbers, as in make release VERSION=0.1.0."
[ -z "$(git status --porcelain)" ] \
    || refuse "The working tree has uncommitted changes. Commit or stash them first."
if git rev-parse -q --verify "refs/tags/v$version" >/dev/null; then
    refuse "The tag v$version already exists. Choose a higher version."
fi
notes=$(awk '/^## /{inside = ($0 == "## Unreleased"); next} inside' CHANGELOG.md | sed '/./,$!d')
[ -n "${notes//[[:space:]]/}" ] \
    || refuse "CHANGELOG.md has no text below '## Unreleased'. Describe there what the release changes."

: "${JAVA_HOME:=$(tools/find-jdk.sh)}"
export JAVA_HOME
read -ra mvn <<<"${MVN:-mvn -B --no-transfer-progress}"
old=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
# The changelog and every jar get the time of the commit.
seconds=$(git log -1 --format=%ct)
timestamp=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
trap 'echo "release: failed. To undo the changes of the version, run: git checkout ." >&2' ERR

# A POM has the version of the project once: its own, or that of its parent.
for pom in $(git ls-files pom.xml "*/pom.xml"); do
    sed -i "s:<version>${old//./\\.}</version>:<version>$version</version>:" "$pom"
done
sed -i "s|<project.build.outputTimestamp>.*</project.build.outputTimestamp>|<project.build.outputTimestamp>$timestamp</project.build.outputTimestamp>|" pom.xml
sed -i "s:^RENDERFLEET_VERSION=.*:RENDERFLEET_VERSION=$version:" .env
sed -i "s:^## Unreleased$:## $version, ${timestamp%%T*}:" CHANGELOG.md

echo "Building $version; this takes a few minutes."
"${mvn[@]}" -q -DskipTests clean package org.cyclonedx:cyclonedx-maven-plugin:makeAggregateBom
rm -rf target/release
mkdir -p target/release
cp {,job-types/}*/target/*-"$version".jar */target/*-"$version"-exec.jar target/release/
# These modules have only tests.
rm -f target/release/{deploy,system}-tests-*
cp target/renderfleet-sbom.cdx.json target/release/
printf '# Renderfleet %s\n\n%s\n' "$version" "$notes" >target/release/RELEASE-NOTES.md
(cd target/release && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
ls target/release
cat <<END

The release is in target/release; nothing was committed or published. To release it:
  git commit -am 'Release $version' && git tag v$version
Then set the next version in the POMs and .env, and add a new '## Unreleased' to CHANGELOG.md.
END
