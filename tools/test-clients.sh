#!/usr/bin/env bash
# Generates a Python and a TypeScript client from the OpenAPI document, starts the whole system, and lets each
# client submit a job, wait for it, and read a problem. Arguments: the generator's jar, the document, the jar of the system.
set -euo pipefail
cd "$(dirname "$0")/.."
generator=$1 document=$2 standalone=$3
java=$(tools/find-jdk.sh)/bin/java
work=target/clients
system=

stop() {
    [ -z "$system" ] || { kill "$system" 2>/dev/null || true; wait "$system" 2>/dev/null || true; }
}
trap stop EXIT

generate() {
    "$java" -jar "$generator" generate --skip-validate-spec -i "$document" -g "$1" -o "$work/$1" "${@:2}" >"$work/$1.log" 2>&1 \
        || { tail -n 30 "$work/$1.log" >&2; exit 1; }
}

rm -rf "$work/python" "$work/typescript-fetch" "$work/compiled" "$work/venv"
mkdir -p "$work"
"$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseCompactObjectHeaders \
    -jar "$standalone" up >"$work/system.log" 2>&1 &
system=$!
generate python --package-name renderfleet_client
generate typescript-fetch --additional-properties=importFileExtension=.js

# Packages that the machine has are used. Those that it lacks are installed only into the environment of this test.
python3 -m venv --system-site-packages "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check -r "$work/python/requirements.txt"
tools/openapi/node_modules/.bin/tsc --strict --target es2022 --module es2022 --moduleResolution bundler --lib es2022,dom \
    --rootDir . --outDir "$work/compiled" tools/openapi/client.ts
echo '{"type": "module"}' >"$work/compiled/package.json"

api=
for _ in $(seq 240); do
    api=$(sed -n 's/^Renderfleet is up at \(http[^ ]*\) .*/\1/p' "$work/system.log")
    [ -z "$api" ] || break
    kill -0 "$system" 2>/dev/null || { tail -n 30 "$work/system.log" >&2; exit 1; }
    sleep 0.5
done
[ -n "$api" ] || { echo 'The system did not start within two minutes.' >&2; tail -n 30 "$work/system.log" >&2; exit 1; }
PYTHONPATH="$work/python" "$work/venv/bin/python" tools/openapi/client.py "$api"
node "$work/compiled/tools/openapi/client.js" "$api"
