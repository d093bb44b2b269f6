package io.renderfleet.deploy;

import io.renderfleet.pool.Pool;
import io.renderfleet.pool.PoolName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;

/**
 * A deployment to look at: its services' templates, with what the deploy script would give them. It has two pools, of
 * which templates for one pool are looked at as those of {@link #POOL}.
 */
final class Fleet {
    static final String ENV = "prod";
    static final String HOME = "us-east-1";
    static final String OTHER = "us-west-2";
    static final PoolName POOL = new PoolName("render");
    static final List<Pool> POOLS = List.of(Pool.of("render=cpu"), Pool.of("chat=io"));
    static final List<Service> SERVICES = List.of(Service.values());

    private Fleet() {}

    /** One of the services: its name, module and template. */
    enum Service {
        API("api"),
        DISTRIBUTOR("distributor"),
        WORKER("worker"),
        BRIDGE("bridge");

        private final String serviceName;

        Service(String serviceName) {
            this.serviceName = serviceName;
        }

        String serviceName() {
            return serviceName;
        }

        /** The module, the template and the settings file are called alike. */
        String module() {
            return serviceName + "-service";
        }

        /** A setting of the service's own file. */
        String setting(String name) {
            return Objects.requireNonNull(settings().get(name), name).toString();
        }

        /** Where its health and its metrics are. */
        String managementPort() {
            boolean apart = settings().containsKey("management.server.port");
            return setting(apart ? "management.server.port" : "server.port");
        }

        private Properties settings() {
            var yaml = new YamlPropertiesFactoryBean();
            yaml.setResources(new ClassPathResource(module() + ".yml"));
            return Objects.requireNonNull(yaml.getObject());
        }

        Template template() {
            return template(HOME);
        }

        Template template(String region) {
            return Fleet.template(module(), region);
        }

        Map<String, Object> container() {
            return container(template());
        }

        private static Map<String, Object> container(Template template) {
            return Template.map(template.resource("Task").at("ContainerDefinitions", 0));
        }

        /** The environment of the task, secrets included, which stand as what they refer to. */
        Map<String, String> environment(String region) {
            return environment(template(region));
        }

        static Map<String, String> environment(Template template) {
            Map<String, Object> container = container(template);
            var variables = new LinkedHashMap<String, String>();
            for (Object entry : Template.list(Objects.requireNonNull(container.get("Environment")))) {
                variables.put(
                        field(entry, "Name").toString(), field(entry, "Value").toString());
            }
            for (Object entry : Template.list(container.getOrDefault("Secrets", List.of()))) {
                variables.put(
                        field(entry, "Name").toString(),
                        field(entry, "ValueFrom").toString());
            }
            return variables;
        }
    }

    static Object field(Object map, String field) {
        return Objects.requireNonNull(Template.map(map).get(field), field);
    }

    static Template template(String name, String region) {
        return template(name, region, Map.of());
    }

    static Template template(String name, String region, Map<String, String> more) {
        var parameters = new LinkedHashMap<String, String>();
        String home = region.startsWith("cn-") ? region : HOME;
        parameters.put("Env", ENV);
        parameters.put("HomeRegion", home);
        parameters.put("Regions", home.equals(HOME) ? HOME + "," + OTHER : home);
        parameters.put("Pools", POOLS.stream().map(Pool::toString).collect(Collectors.joining(",")));
        parameters.put("Pool", POOL.value());
        parameters.put("ClusterName", "renderfleet-" + ENV);
        parameters.put("DistributorServiceName", "renderfleet-" + ENV + "-distributor");
        parameters.put("VpcId", "vpc");
        parameters.put("PublicSubnetIds", "public-a,public-b");
        parameters.put("PrivateSubnetIds", "private-a,private-b");
        parameters.put("AlarmTopicArn", "topic");
        parameters.put("BootstrapServers", "b-1.kafka:9096,b-2.kafka:9096");
        parameters.put("BrokerPort", "9096");
        parameters.put("ApiUrl", "https://api.example.com");
        parameters.put("IssuerParameter", "https://issuer.example.com");
        parameters.put("TokenUrl", "https://issuer.example.com/oauth2/token");
        parameters.put("ClientId", "bridge");
        parameters.put(
                "ClientSecret",
                "arn:" + (region.startsWith("cn-") ? "aws-cn" : "aws") + ":secretsmanager:" + region
                        + ":123456789012:secret:bridge-AbCdEf");
        parameters.put("ImageDigest", "sha256:" + "0".repeat(64));
        parameters.put("CollectorSecurityGroupId", "sg-1");
        parameters.putAll(more);
        return Template.of(name, region, parameters);
    }
}
