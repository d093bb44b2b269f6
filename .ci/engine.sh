#!/usr/bin/env bash
# Provides a Docker engine with the base images of the Dockerfile. Installs and starts an engine from Debian's packages
# if none is running. Builds the base images that cannot be pulled, from Debian's packages and this machine's JDK, and
# writes a Dockerfile that uses these to target/Dockerfile: that of the project names the base images by digest.
# If this is not possible, prints the reason and exits with 1.
set -euo pipefail
cd "$(dirname "$0")/.."
# The names with digests.
BUILD=$(sed -n 's/^FROM \(.*\) AS build$/\1/p' Dockerfile)
RUNTIME=$(sed -n 's/^FROM \(.*\) AS runtime$/\1/p' Dockerfile)
jdk=$(tools/find-jdk.sh)
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}

give_up() {
    echo "$1" >&2
    exit 1
}

install() {
    command -v apt-get >/dev/null || give_up "Install $*: this machine has no apt-get."
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null || give_up "apt-get could not install $*."
}

has() {
    docker image inspect "$1" >/dev/null 2>&1 || timeout 120 docker pull --quiet "$1" >/dev/null 2>&1
}

start_engine() {
    command -v dockerd >/dev/null || install docker.io iptables
    # The installation of the package may have started the engine.
    docker info >/dev/null 2>&1 && return
    nohup dockerd >"${TMPDIR:-/tmp}/dockerd.log" 2>&1 </dev/null &
    # The caller of this script ends the engine by this id.
    echo $! >"${ENGINE_PID:-/dev/null}"
    for _ in $(seq 60); do
        docker info >/dev/null 2>&1 && return
        sleep 1
    done
    give_up "dockerd does not respond: $(tail -n 1 "${TMPDIR:-/tmp}/dockerd.log")"
}

# import <directory> <image>: makes an image from the content of the directory.
import() {
    tar -C "$1" -c . | docker import \
        --change 'ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
        - "$2" >/dev/null
}

build_bases() {
    command -v debootstrap >/dev/null || install debootstrap
    local root mirror suite modules
    root=$(mktemp -d)
    trap 'rm -rf "$root"' RETURN
    read -r mirror suite < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | grep -E '/debian/? ' | sort -u | head -n 1)
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >/dev/null || give_up "debootstrap failed with $suite."
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    mkdir -p "$root/opt/java"

    # Like the official image of a JRE: the modules to run programs, without the development tools.
    modules=$("$jdk/bin/java" --list-modules | sed 's/@.*//' \
        | grep -v -E '^jdk\.(jlink|jpackage|compiler|javadoc|jshell|jdeps|jartool|jconsole|editpad|hotspot\.agent)$' | paste -sd,)
    "$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-man-pages --no-header-files \
        --generate-cds-archive --output "$root/opt/java/openjdk" >/dev/null || give_up 'jlink could not create a JRE.'
    import "$root" "${RUNTIME%@*}"

    rm -rf "$root/opt/java/openjdk"
    cp -rL "$jdk" "$root/opt/java/openjdk"
    rm -f "$root/opt/java/openjdk/lib/src.zip"
    # Debian's Maven consists of links into other packages.
    cp -rL /usr/share/maven "$root/usr/share/maven"
    ln -s ../share/maven/bin/mvn "$root/usr/bin/mvn"
    # Dependencies that this machine already has are not downloaded again.
    mkdir -p "$root/root/.m2"
    [ ! -d "$repository" ] || cp -r "$repository" "$root/root/.m2/repository"
    import "$root" "${BUILD%@*}"
}

start_engine
rm -f target/Dockerfile
if has "$RUNTIME" && has "$BUILD"; then
    echo "A Docker engine is running and has the base images of the Dockerfile."
else
    build_bases
    mkdir -p target
    sed 's/^\(FROM [^@ ]*\)@sha256:[0-9a-f]*/\1/' Dockerfile >target/Dockerfile
    echo "A Docker engine is running. The base images could not be pulled; they were built from Debian's packages."
fi
command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || install docker-compose
