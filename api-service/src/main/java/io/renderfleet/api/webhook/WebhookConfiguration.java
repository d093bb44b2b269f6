package io.renderfleet.api.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.WebhookDeliveries;
import io.renderfleet.outbound.OutboundClient;
import io.renderfleet.outbound.PublicAddresses;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.start.CannotStartException;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.webhook.WebhookStore;
import java.time.Clock;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WebhookConfiguration {

    @Bean
    OutboundClient webhookClient(WebhookSettings settings, ServerProperties server) {
        if (settings.allowLoopback()
                && (server.getAddress() == null || !server.getAddress().isLoopbackAddress())) {
            throw new CannotStartException(
                    "renderfleet.webhooks.allow-loopback is true, but other machines can reach this service: its users"
                            + " could send requests to the other programs of this machine.",
                    "Set it to false, or server.address to 127.0.0.1.");
        }
        return new OutboundClient(
                settings.timeout(),
                settings.maxRequests(),
                settings.maxRequests(),
                new PublicAddresses(SystemDefaultDnsResolver.INSTANCE, settings.allowLoopback()),
                DefaultClientTlsStrategy.createSystemDefault());
    }

    @Bean
    Callbacks callbacks(WebhookStore webhooks, WebhookSettings settings) {
        return new Callbacks(webhooks, settings.allowLoopback());
    }

    @Bean
    WebhookSender webhookSender(
            OutboundClient webhookClient, WebhookSettings settings, ObjectMapper json, Clock clock) {
        return new WebhookSender(webhookClient, settings.timeout(), json, clock);
    }

    @Bean
    DeliveryLimits deliveryLimits(WebhookSettings settings) {
        return new DeliveryLimits(settings.maxRequestsPerReceiver());
    }

    @Bean
    WebhookLoop webhookLoop(
            JobQueues queues,
            JobStore jobs,
            WebhookStore webhooks,
            WebhookDeliveries history,
            WebhookSender sender,
            DeliveryLimits limits,
            WebhookSettings settings,
            MeterRegistry meters,
            LoopHealth health,
            Clock clock) {
        return new WebhookLoop(
                queues,
                new Deliveries(jobs, webhooks, history, sender, limits, settings.retries(), meters, clock),
                settings.maxRequests(),
                health,
                clock);
    }
}
