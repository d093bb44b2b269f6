#!/usr/bin/env bash
# Runs the public conformance suite for DynamoDB against local AWS, and prints a table of the results:
#
#     git clone https://github.com/nubo-db/dynamodb-conformance
#     tools/dynamodb-conformance.sh dynamodb-conformance
#
# The suite has the MIT license, and its expected results were recorded on the real service. It is not part of the build.
# Exits with 1 if a test of a feature that local AWS emulates fails (docs/decisions/0015-own-dynamodb.md).
set -euo pipefail

suite=${1:?Usage: tools/dynamodb-conformance.sh <directory of a checkout of nubo-db/dynamodb-conformance>}
suite=$(cd "$suite" && pwd)
cd "$(dirname "$0")/.."
jdk=$(tools/find-jdk.sh)
jar=$(ls local-aws/target/local-aws-*-exec.jar 2>/dev/null) || { echo 'Build local AWS first: mvn -DskipTests -pl local-aws -am package' >&2; exit 1; }
command -v npx >/dev/null || { echo 'npx is missing; it runs the suite. Install Node.js and npm.' >&2; exit 1; }

work=$(mktemp -d)
trap 'kill "$aws" 2>/dev/null || true; rm -rf "$work"' EXIT
"$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -jar "$jar" \
    --sqs-ports 0,0,0 --s3-port 0 --dynamodb-port 0 --ready-file "$work/ready" >"$work/aws.log" 2>&1 &
aws=$!
for _ in $(seq 120); do
    [ -e "$work/ready" ] && break
    kill -0 "$aws" 2>/dev/null || { cat "$work/aws.log" >&2; exit 1; }
    sleep 0.5
done
[ -e "$work/ready" ] || { echo 'Local AWS was not ready within 60 s.' >&2; exit 1; }
endpoint=$(sed -n 's/^DynamoDB  *//p' "$work/aws.log")

cd "$suite"
# The lock file of the suite pins versions that a registry may no longer have.
[ -d node_modules ] || npm install --no-package-lock --no-audit --no-fund >/dev/null
DYNAMODB_ENDPOINT=$endpoint AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=renderfleet AWS_SECRET_ACCESS_KEY=renderfleet-local \
    timeout 600 npx vitest run --reporter=json --outputFile="$work/results.json" >"$work/suite.log" 2>&1 || true
[ -s "$work/results.json" ] || { cat "$work/suite.log" >&2; exit 1; }

node - "$work/results.json" results/dynamodb-local.json <<'JS'
const fs = require('fs');
// Operations and parameters that local AWS does not emulate.
const refused = ['tier2/partiql', 'tier2/streams', 'tier2/tags', 'tier2/updateTable', 'tier3/legacy-api'];
const read = file => {
  const groups = {}, failed = [];
  for (const suite of JSON.parse(fs.readFileSync(file)).testResults) {
    const [, tier, name] = suite.name.match(/tests\/(tier\d)\/(.+)\/[^/]+$/);
    const key = tier === 'tier1' ? 'tier1' : `${tier}/${name}`;
    const group = groups[key] ??= { passed: 0, all: 0 };
    for (const test of suite.assertionResults) {
      group.all++;
      if (test.status === 'passed') group.passed++;
      else if (!refused.includes(key)) failed.push(`${key}: ${test.fullName}\n    ${(test.failureMessages ?? []).join('\n').slice(0, 300)}`);
    }
  }
  return { groups, failed };
};
const ours = read(process.argv[2]);
const theirs = read(process.argv[3]);
console.log(`${'tests'.padEnd(28)}${'local AWS'.padStart(12)}${'DynamoDB Local'.padStart(16)}`);
for (const key of Object.keys(ours.groups).sort()) {
  const show = group => group ? `${group.passed}/${group.all}` : '';
  const note = refused.includes(key) ? '   not emulated' : '';
  console.log(`${key.padEnd(28)}${show(ours.groups[key]).padStart(12)}${show(theirs.groups[key]).padStart(16)}${note}`);
}
for (const failure of ours.failed) console.log('FAILED ' + failure);
process.exit(ours.failed.length > 0 ? 1 : 0);
JS
