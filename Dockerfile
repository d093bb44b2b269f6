# All images that are built from the sources, each as a target. Build one from the root of the project:
#   docker build --target api-service .
#
# All targets share the Maven build of the first stage. BuildKit builds only the stages that a target needs. The classic
# builder also builds those above the target, so the images that are needed least often are at the end.

FROM maven:3.9-eclipse-temurin-25@sha256:d67198007bb4441b07d45587320f83154de80ece3608f80408ef14c6ea847753 AS build
WORKDIR /build
# Without these options, JDK 25 prints warnings about libraries of Maven.
ENV MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
COPY . .
# The checks belong to make test. The test sources are not here (.dockerignore).
RUN modules="local-aws api-service distributor-service worker-service standalone bridge-service" \
    && mvn -B -q -DskipTests -Dspotless.check.skip -Dlicense.skipAddThirdParty -Denforcer.skip -Djacoco.skip \
        -pl "$(echo fake-llm local-issuer $modules | tr ' ' ',')" -am package \
    && for module in $modules; do \
        cp "$module"/target/*-exec.jar "/tmp/$module.jar" \
        && java -Djarmode=tools -jar "/tmp/$module.jar" extract --layers --destination "/layers/$module" || exit 1; \
    done \
    # It has no Spring, which its extraction would need.
    && cp fake-llm/target/*-exec.jar /layers/fake-llm.jar \
    && cp local-issuer/target/*-exec.jar /layers/local-issuer.jar

FROM eclipse-temurin:25-jre@sha256:15090d159279e5c158473eccb48cd87f57b3e3a47511a797eb5a7a7ea6f86b0f AS runtime
WORKDIR /opt/renderfleet
COPY deploy/container/ ./

FROM runtime AS local-aws
COPY --from=build /layers/local-aws/dependencies/ ./
COPY --from=build /layers/local-aws/application/ ./
# No AOT cache: a library has a directory on its class path, for which the JDK cannot create a cache.
USER 10001:10001
VOLUME /tmp
EXPOSE 8000 9000 9324-9326
HEALTHCHECK --interval=2s --timeout=2s --start-period=60s --retries=5 CMD ["test", "-e", "/tmp/ready"]
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-jar", "/opt/renderfleet/local-aws.jar", "--ready-file", "/tmp/ready"]
CMD ["--host", "0.0.0.0"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet local-aws" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

# A model server that makes up its answers.
FROM runtime AS fake-llm
COPY --from=build /layers/fake-llm.jar ./
USER 10001:10001
VOLUME /tmp
EXPOSE 9400
HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=5 \
    CMD ["/opt/renderfleet/healthy", "9400", "/fake/statistics"]
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-jar", "/opt/renderfleet/fake-llm.jar"]
CMD ["--host", "0.0.0.0"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet fake-llm" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

# An issuer of tokens with users whose passwords everybody knows.
FROM runtime AS local-issuer
COPY --from=build /layers/local-issuer.jar ./
USER 10001:10001
VOLUME /tmp
EXPOSE 9500
HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=5 \
    CMD ["/opt/renderfleet/healthy", "9500", "/oauth2/jwks"]
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-jar", "/opt/renderfleet/local-issuer.jar"]
CMD ["--address", "0.0.0.0"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet local-issuer" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

FROM runtime AS api-service
COPY --from=build /layers/api-service/dependencies/ ./
COPY --from=build /layers/api-service/application/ ./
# Starts the service up to the point where its work would begin, to record which classes to load and link in advance.
# This run makes no calls to other systems.
RUN RENDERFLEET_ENV=none RENDERFLEET_HOMEREGION=us-east-1 RENDERFLEET_REGIONS=us-east-1 \
    SPRING_CLOUD_AWS_CREDENTIALS_ACCESSKEY=none SPRING_CLOUD_AWS_CREDENTIALS_SECRETKEY=none \
    RENDERFLEET_IDENTITY_ISSUER=https://issuer.invalid \
    java @jvm.options -XX:AOTCacheOutput=api-service.aot -Xlog:aot*=error:stderr -Dspring.context.exit=onRefresh -jar api-service.jar \
    && test -s api-service.aot && rm -rf /tmp/*
# The same for the processes that validate uploaded designs. The class path and the layout of objects must be those with
# which the service starts them.
RUN java -XX:+UseCompactObjectHeaders -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:AOTCacheOutput=validation.aot -Xlog:aot*=error:stderr \
    -cp /opt/renderfleet/api-service.jar io.renderfleet.jobtype.render.design.ValidationMain 20000 < /dev/null \
    && test -s validation.aot && rm -rf /tmp/*
ENV RENDERFLEET_RENDER_DESIGNS_INSPECTION_AOTCACHE=/opt/renderfleet/validation.aot
USER 10001:10001
VOLUME /tmp
EXPOSE 8080 9080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=4 \
    CMD ["/opt/renderfleet/healthy", "9080"]
# Only C1: the service mostly waits for AWS, and C2 would use half of the CPU in the first minutes (decision 14). The heap
# is smaller than in the other images, because a process that validates designs takes up to 448 MB.
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-XX:MaxRAMPercentage=35", "-XX:AOTCache=/opt/renderfleet/api-service.aot", "-XX:TieredStopAtLevel=1", "-jar", "/opt/renderfleet/api-service.jar"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet api-service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

FROM runtime AS distributor-service
COPY --from=build /layers/distributor-service/dependencies/ ./
COPY --from=build /layers/distributor-service/application/ ./
# As above, records which classes to load and link in advance.
RUN RENDERFLEET_ENV=none RENDERFLEET_HOMEREGION=us-east-1 RENDERFLEET_REGIONS=us-east-1 \
    SPRING_CLOUD_AWS_CREDENTIALS_ACCESSKEY=none SPRING_CLOUD_AWS_CREDENTIALS_SECRETKEY=none \
    java @jvm.options -XX:AOTCacheOutput=distributor-service.aot -Xlog:aot*=error:stderr -Dspring.context.exit=onRefresh -jar distributor-service.jar \
    && test -s distributor-service.aot && rm -rf /tmp/*
USER 10001:10001
VOLUME /tmp
EXPOSE 9081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=4 \
    CMD ["/opt/renderfleet/healthy", "9081"]
# Only C1, as in the API.
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-XX:AOTCache=/opt/renderfleet/distributor-service.aot", "-XX:TieredStopAtLevel=1", "-jar", "/opt/renderfleet/distributor-service.jar"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet distributor-service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

FROM runtime AS worker-service
COPY --from=build /layers/worker-service/dependencies/ ./
COPY --from=build /layers/worker-service/application/ ./
# As above, records which classes to load and link in advance.
RUN RENDERFLEET_ENV=none RENDERFLEET_HOMEREGION=us-east-1 RENDERFLEET_REGIONS=us-east-1 RENDERFLEET_WORKER_REGION=us-east-1 \
    SPRING_CLOUD_AWS_CREDENTIALS_ACCESSKEY=none SPRING_CLOUD_AWS_CREDENTIALS_SECRETKEY=none \
    java @jvm.options -XX:AOTCacheOutput=worker-service.aot -Xlog:aot*=error:stderr -Dspring.context.exit=onRefresh -jar worker-service.jar \
    && test -s worker-service.aot && rm -rf /tmp/*
USER 10001:10001
VOLUME /tmp
EXPOSE 9082
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=4 \
    CMD ["/opt/renderfleet/healthy", "9082"]
# The worker keeps the names of its running jobs in a directory, for the process after it. A full heap ends a job and not
# the worker, unlike in the other services.
ENV RENDERFLEET_WORKER_JOBSINHAND=/tmp/renderfleet/jobs-in-hand
ENTRYPOINT ["/opt/renderfleet/restart-killed", "/tmp/renderfleet/jobs-in-hand", "java", "@/opt/renderfleet/jvm.options", "-XX:-ExitOnOutOfMemoryError", "-XX:AOTCache=/opt/renderfleet/worker-service.aot", "-jar", "/opt/renderfleet/worker-service.jar"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet worker-service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

# The client of make compose-demo.
FROM runtime AS standalone
COPY --from=build /layers/standalone/dependencies/ ./
COPY --from=build /layers/standalone/application/ ./
USER 10001:10001
VOLUME /tmp
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-jar", "/opt/renderfleet/standalone.jar"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet standalone" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

FROM runtime AS bridge-service
COPY --from=build /layers/bridge-service/dependencies/ ./
COPY --from=build /layers/bridge-service/application/ ./
# As above, records which classes to load and link in advance.
RUN RENDERFLEET_ENV=none RENDERFLEET_HOMEREGION=us-east-1 RENDERFLEET_REGIONS=us-east-1 \
    RENDERFLEET_KAFKA_BOOTSTRAPSERVERS=none:9092 RENDERFLEET_KAFKA_API=http://none \
    SPRING_CLOUD_AWS_CREDENTIALS_ACCESSKEY=none SPRING_CLOUD_AWS_CREDENTIALS_SECRETKEY=none \
    java @jvm.options -XX:AOTCacheOutput=bridge-service.aot -Xlog:aot*=error:stderr -Dspring.context.exit=onRefresh -jar bridge-service.jar \
    && test -s bridge-service.aot && rm -rf /tmp/*
USER 10001:10001
# Not a tmpfs, which Docker mounts noexec: the library of snappy is loaded from here.
VOLUME /tmp
EXPOSE 9085
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=4 \
    CMD ["/opt/renderfleet/healthy", "9085"]
# Only C1, as in the API.
ENTRYPOINT ["java", "@/opt/renderfleet/jvm.options", "-XX:AOTCache=/opt/renderfleet/bridge-service.aot", "-XX:TieredStopAtLevel=1", "-jar", "/opt/renderfleet/bridge-service.jar"]
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="Renderfleet bridge-service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
