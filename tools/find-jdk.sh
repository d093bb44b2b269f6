#!/bin/sh
# Prints the home of a JDK 25: JAVA_HOME or the java on the path when one of them is it, then the usual places on
# Linux and macOS. Prints one line about what to install, and fails, where there is none.
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

echo "Renderfleet needs JDK $want: install one (Eclipse Temurin $want, or your system's openjdk-$want-jdk) or set JAVA_HOME to it." >&2
exit 1
