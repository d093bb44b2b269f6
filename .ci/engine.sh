#!/usr/bin/env bash
# Sees to it that a Docker engine answers and has the images that the Dockerfiles begin with: installs and starts one
# from Debian's packages where none runs, and builds what cannot be pulled from Debian's packages and this machine's JDK.
# Exits with 1 and a line that says why when it could not.
set -euo pipefail
cd "$(dirname "$0")/.."
RUNTIME=eclipse-temurin:25-jre
BUILD=maven:3.9-eclipse-temurin-25
jdk=$(tools/find-jdk.sh)
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}

give_up() {
    echo "$1" >&2
    exit 1
}

install() {
    command -v apt-get >/dev/null || give_up "There is no apt-get to install $* with."
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null || give_up "$* could not be installed."
}

has() {
    docker image inspect "$1" >/dev/null 2>&1 || timeout 120 docker pull --quiet "$1" >/dev/null 2>&1
}

start_engine() {
    command -v dockerd >/dev/null || install docker.io iptables
    # A package may have started it.
    docker info >/dev/null 2>&1 && return
    nohup dockerd >"${TMPDIR:-/tmp}/dockerd.log" 2>&1 </dev/null &
    # For who started this script, to end it by.
    echo $! >"${ENGINE_PID:-/dev/null}"
    for _ in $(seq 60); do
        docker info >/dev/null 2>&1 && return
        sleep 1
    done
    give_up "dockerd does not answer: $(tail -n 1 "${TMPDIR:-/tmp}/dockerd.log")"
}

# import <directory> <image>: an image of all that is in the directory.
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

    # As in the image it stands in for: what runs programs, and not what makes them.
    modules=$("$jdk/bin/java" --list-modules | sed 's/@.*//' \
        | grep -v -E '^jdk\.(jlink|jpackage|compiler|javadoc|jshell|jdeps|jartool|jconsole|editpad|hotspot\.agent)$' | paste -sd,)
    "$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-man-pages --no-header-files \
        --generate-cds-archive --output "$root/opt/java/openjdk" >/dev/null || give_up 'jlink could not make a JRE.'
    import "$root" "$RUNTIME"

    rm -rf "$root/opt/java/openjdk"
    cp -rL "$jdk" "$root/opt/java/openjdk"
    rm -f "$root/opt/java/openjdk/lib/src.zip"
    # Debian's Maven is links into other packages.
    cp -rL /usr/share/maven "$root/usr/share/maven"
    ln -s ../share/maven/bin/mvn "$root/usr/bin/mvn"
    # What was downloaded once is not downloaded again.
    mkdir -p "$root/root/.m2"
    [ ! -d "$repository" ] || cp -r "$repository" "$root/root/.m2/repository"
    import "$root" "$BUILD"
}

start_engine
if has "$RUNTIME" && has "$BUILD"; then
    echo "A Docker engine answers, with the Dockerfiles' base images."
else
    build_bases
    echo "A Docker engine answers. The Dockerfiles' base images cannot be pulled here: stand-ins were built of Debian's packages."
fi
command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || install docker-compose
