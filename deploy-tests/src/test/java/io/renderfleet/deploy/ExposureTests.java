package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.deploy.Fleet.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The load balancer is public, and nothing else. */
class ExposureTests {
    private static final String EVERYBODY = "0.0.0.0/0";

    static List<String> templates() {
        return Template.names();
    }

    @Test
    void onlyTheLoadBalancerTakesCallsFromEverybody() {
        List<String> open = new ArrayList<>();
        for (String name : templates()) {
            Template template = Fleet.template(name, Fleet.HOME, Map.of("InterfaceEndpoints", "true"));
            for (Template.Resource group : template.ofType("AWS::EC2::SecurityGroup")) {
                for (Object rule : Template.list(group.properties().getOrDefault("SecurityGroupIngress", List.of()))) {
                    if (EVERYBODY.equals(Template.map(rule).get("CidrIp"))) {
                        open.add(name + " " + group.id() + " " + Fleet.field(rule, "FromPort"));
                    }
                }
            }
            for (Template.Resource rule : template.ofType("AWS::EC2::SecurityGroupIngress")) {
                assertThat(rule.text("SourceSecurityGroupId")).isEqualTo("<LoadBalancerSecurityGroup>");
            }
        }

        assertThat(open)
                .containsExactlyInAnyOrder(
                        "api-service LoadBalancerSecurityGroup 443", "api-service LoadBalancerSecurityGroup 80");
    }

    @Test
    void itSpeaksHttpsBehindAFirewallAndRedirectsTheRest() {
        Template api = Service.API.template();

        assertThat(api.ofType("AWS::ElasticLoadBalancingV2::LoadBalancer")).hasSize(1);
        assertThat(api.resource("HttpsListener").text("Protocol")).isEqualTo("HTTPS");
        assertThat(api.resource("HttpListener").text("DefaultActions", 0, "Type"))
                .isEqualTo("redirect");
        assertThat(api.resource("FirewallOnLoadBalancer").text("ResourceArn")).isEqualTo("<LoadBalancer>");
        assertThat(api.resource("Firewall").text("Rules"))
                .contains("RateBasedStatement", "AWSManagedRulesCommonRuleSet");
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void tasksRunInPrivateSubnetsWithoutPublicAddresses(Service service) {
        Template.Resource deployed = service.template().resource("Service");

        assertThat(deployed.text("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp"))
                .isEqualTo("DISABLED");
        assertThat(deployed.at("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"))
                .isEqualTo(List.of("private-a", "private-b"));
    }

    @Test
    void noSubnetHandsOutPublicAddressesAndPrivateOnesLeaveByNat() {
        Template network = Fleet.template("network", Fleet.HOME, Map.of("AzCount", "3"));

        assertThat(network.ofType("AWS::EC2::Subnet"))
                .hasSize(6)
                .allSatisfy(
                        subnet -> assertThat(subnet.at("MapPublicIpOnLaunch")).isEqualTo(false));
        assertThat(network.ofType("AWS::EC2::Route"))
                .filteredOn(route -> route.id().startsWith("Private"))
                .hasSize(3)
                .allSatisfy(route -> assertThat(route.has("GatewayId")).isFalse());
    }

    @ParameterizedTest
    @MethodSource("templates")
    void aResourcePolicyAllowsOnlyServices(String name) {
        Template template = Fleet.template(name, Fleet.HOME, Map.of("ResultsOverCdn", "true"));
        for (Template.Resource resource : template.resources().values()) {
            Object document = resource.properties().get("PolicyDocument");
            if (document != null && !resource.type().startsWith("AWS::IAM::")) {
                for (Object statement : Template.list(Fleet.field(document, "Statement"))) {
                    if (Fleet.field(statement, "Effect").equals("Allow")) {
                        assertThat(Template.map(Fleet.field(statement, "Principal"))
                                        .keySet())
                                .as(name + " " + resource.id())
                                .isEqualTo(Set.of("Service"));
                        assertThat(Fleet.field(statement, "Condition"))
                                .asString()
                                .contains("aws:SourceAccount=" + Template.ACCOUNT);
                    }
                }
            }
        }
    }

    @Test
    void resultsOverTheCdnAreForSignedLinks() {
        Template.Resource distribution = Fleet.template("cdn", Fleet.HOME)
                .ofType("AWS::CloudFront::Distribution")
                .getFirst();

        assertThat(distribution.at("DistributionConfig", "DefaultCacheBehavior", "TrustedKeyGroups"))
                .isEqualTo(List.of("<SigningKeys>"));
    }
}
