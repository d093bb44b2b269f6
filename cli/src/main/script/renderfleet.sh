#!/bin/sh
# The command line of Renderfleet: this script, and the jar that follows it in the same file. It looks for Java 25 or
# newer at JAVA_HOME, at the java on the PATH, and in the usual directories on Linux and macOS.
is_wanted() {
    [ -x "$1/bin/java" ] && grep -Eq '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$1/release" 2>/dev/null
}

on_path() {
    java=$(command -v java) || return
    # Follow the links of update-alternatives; macOS has no readlink -f before 12.3.
    real=$(readlink -f "$java" 2>/dev/null || echo "$java")
    dirname "$(dirname "$real")"
}

for home in "$JAVA_HOME" "$(on_path)" /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/java/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if is_wanted "$home"; then
        # Progress goes to standard error, and Java cannot tell whether that is a terminal.
        if [ -t 2 ]; then terminal=true; else terminal=false; fi
        # With these options, a short program starts faster. Java creates the archive of its classes at the end of the first
        # call, and again when it does not fit. It reports an archive that it cannot use on standard output, where only the
        # answer belongs.
        set -- -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "-Drenderfleet.terminal=$terminal" -jar "$0" "$@"
        cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/renderfleet
        if mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ]; then
            set -- -XX:+AutoCreateSharedArchive "-XX:SharedArchiveFile=$cache/classes.jsa" "$@"
        fi
        exec "$home/bin/java" -Xlog:disable -Xlog:all=error:stderr "$@"
    fi
done

echo "renderfleet needs Java 25 or newer. Install it, or set JAVA_HOME to its directory." >&2
exit 70
# The jar follows.
