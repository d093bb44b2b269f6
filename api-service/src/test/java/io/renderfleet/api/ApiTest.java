package io.renderfleet.api;

import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.pool.Pool;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.support.TestPropertySourceUtils;

/** The whole API service on a local AWS, one of each for all test classes of this JVM. */
@SpringBootTest(
        classes = {ApiServiceApplication.class, ApiFixture.class},
        properties = {
            "spring.config.name=application,api-service",
            "renderfleet.render.designs.lookup-ttl=0s",
            // On a loaded machine, thumbnails take longer too.
            "renderfleet.render.designs.inspection.thumbnail-time=30s",
            "renderfleet.inference.pools.main.base-url=https://provider.test/v1",
            "renderfleet.inference.pools.main.models.assessment=qwen-vl-max",
            "renderfleet.inference.pools.main.domains.account.concurrency=10",
            "renderfleet.inference.pools.main.keys[0].id=a",
            "renderfleet.inference.pools.main.keys[0].domain=account",
            "renderfleet.inference.pools.main.keys[0].secret=env:KEY_A",
            "renderfleet.inference.templates.risk.model=assessment",
            "renderfleet.inference.templates.risk.prompt=Assess the risk of {group.type}: {group}",
            "renderfleet.inference.images.hosts=pictures.example.com",
            // A loaded machine is slow at first, and nothing here is about how long that may take.
            "renderfleet.api.master-queue.send-timeout=20s",
            "resilience4j.circuitbreaker.configs.region.wait-duration-in-open-state=1s",
            "logging.level.software.amazon.dynamodb=ERROR",
            "logging.level.org.gaul=ERROR"
        })
@AutoConfigureMockMvc
@ActiveProfiles("local")
// Spring Boot's tests take no trace from a request otherwise.
@AutoConfigureObservability(metrics = false)
@ContextConfiguration(initializers = ApiTest.OnLocalAws.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ApiTest {

    /** Points the context at the JVM's local AWS. */
    final class OnLocalAws implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        /** Ends with the JVM: it has no life beyond it. */
        public static final LocalAws AWS = LocalAws.start(LocalAwsOptions.onFreePorts()
                .withPools(List.of(Pool.of("render=cpu"), Pool.of("echo=io"), Pool.of("inference=io"))));

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                    context,
                    AWS.serviceProperties().entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .toArray(String[]::new));
        }
    }
}
