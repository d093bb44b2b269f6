#!/usr/bin/env bash
# Fuzzes the targets of the module fuzz, one after another, with coverage guidance (Jazzer). The time is divided among
# the targets. An input that ends in an unexpected error, takes more than 2 s of processor time or two minutes, or does
# not fit into a heap of 512 MB, of which Jazzer needs half, is a finding: it is written to the inputs that the tests of
# the module repeat, and this script fails.
#
# Usage: tools/fuzz.sh MINUTES [TARGET]   (TARGET is a part of a target's name, such as SceneFuzzTests#image)
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=$1
wanted=${2:-}
java="${JAVA_HOME:?must be set}/bin/java"
work=target/fuzz
inputs=fuzz/src/test/resources
mkdir -p "$work"

# Tests that the fuzzer can drive are the methods after @FuzzTest.
targets=()
while IFS= read -r file; do
    class=${file#fuzz/src/test/java/}
    class=${class%.java}
    while IFS= read -r method; do
        target="$class#$method"
        if [[ "$target" == *"$wanted"* ]]; then targets+=("$target"); fi
    done < <(sed -n '/@FuzzTest/{n;s/.* \([a-zA-Z]*\)(.*/\1/p;}' "$file")
done < <(find fuzz/src/test/java -name '*FuzzTests.java' | sort)
[ ${#targets[@]} -gt 0 ] || { echo "No target has \"$wanted\" in its name." >&2; exit 2; }

seconds=$((minutes * 60 / ${#targets[@]}))
[ "$seconds" -ge 5 ] || seconds=5
# Detectors of injection, which have no use here: the targets call no shell, database or script. They take 40 s to start.
detectors=$(for name in BigDecimal ClojureLangHooks Deserialization ExpressionLanguageInjection FilePathTraversal \
    LdapInjection NamingContextLookup OsCommandInjection ReflectiveCall RegexInjection RegexRoadblocks \
    ScriptEngineInjection ServerSideRequestForgery SqlInjection TemplateInjection UnsafeSanitizer XPathInjection \
    XmlParserSsrfGuidance; do printf ':com.code_intelligence.jazzer.sanitizers.%s' "$name"; done)
classpath="fuzz/target/test-classes:$(cat fuzz/target/classpath.txt)"
found=0
for target in "${targets[@]}"; do
    class=${target%#*}
    method=${target#*#}
    corpus=$work/corpus/$class/$method
    seeds=$inputs/${class}Inputs/$method
    findings=$work/findings/$class/$method/
    mkdir -p "$corpus" "$seeds" "$findings"
    echo "$target: $seconds s"
    # The grace is for the start of the JVM and for the last input.
    if ! timeout --kill-after=10s $((seconds + 200)) "$java" \
        -Xmx512m -XX:+UseSerialGC -XX:-OmitStackTraceInFastThrow --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -XX:+EnableDynamicAgentLoading -Djdk.attach.allowAttachSelf=true -Djava.awt.headless=true \
        -cp "$classpath" com.code_intelligence.jazzer.Jazzer \
        --target_class="${class//\//.}" --target_method="$method" \
        --instrumentation_includes='io.renderfleet.**:com.fasterxml.jackson.core.json.**' --custom_hook_includes='io.renderfleet.**' \
        --disabled_hooks="${detectors#:}" \
        -max_total_time="$seconds" -timeout=120 -max_len=65536 -rss_limit_mb=1024 \
        -artifact_prefix="$findings" -print_final_stats=1 \
        "$corpus" "$seeds" > "$work/${class##*/}-$method.log" 2>&1; then
        found=1
        echo "  finding; see $work/${class##*/}-$method.log"
        for input in "$findings"*; do
            [ -f "$input" ] && cp "$input" "$seeds/" && echo "  $seeds/$(basename "$input")"
        done
    fi
    sed -n 's/^stat::number_of_executed_units: */  inputs: /p' "$work/${class##*/}-$method.log"
done
exit $found
