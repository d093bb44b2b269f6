#!/usr/bin/env bash
# Creates the topics of the bridge: create-topics.sh <broker> [replicas]. Topics that exist are left as they are.
set -euo pipefail
for topic in detection-results detection-results.dlt assessment-tasks risk-assessment-results; do
    "${KAFKA_HOME:-/opt/kafka}/bin/kafka-topics.sh" --bootstrap-server "$1" --create --if-not-exists \
        --topic "$topic" --partitions 6 --replication-factor "${2:-1}"
done
