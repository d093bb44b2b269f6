#!/bin/sh
# Prints the home directory of a JDK 25. Looks at JAVA_HOME, at the java on the PATH, and in the usual directories on
# Linux and macOS. If it finds none, prints what to install and fails.
want=25

is_wanted() {
    [ -x "$1/bin/javac" ] && grep -q "^JAVA_VERSION=\"$want[.\"]" "$1/release" 2>/dev/null
}

on_path() {
    java=$(command -v java) || return
    # Follow the links of update-alternatives; macOS has no readlink -f before 12.3.
    real=$(readlink -f "$java" 2>/dev/null || echo "$java")
    dirname "$(dirname "$real")"
}

for home in "$JAVA_HOME" "$(on_path)" \
    /usr/lib/jvm/*"$want"* /usr/java/*"$want"* /opt/*jdk*"$want"* /opt/java/* \
    "$HOME"/.sdkman/candidates/java/"$want"* "$HOME"/.jdks/*"$want"* \
    /Library/Java/JavaVirtualMachines/*"$want"*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*"$want"*/Contents/Home \
    /opt/homebrew/opt/openjdk@"$want"/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk@"$want"/libexec/openjdk.jdk/Contents/Home; do
    if is_wanted "$home"; then
        echo "$home"
        exit 0
    fi
done

echo "Renderfleet needs JDK $want. Install Eclipse Temurin $want or the package openjdk-$want-jdk, or set JAVA_HOME to a JDK $want." >&2
exit 1
