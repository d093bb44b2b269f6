package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.JobSubmitter;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.inference.fleet.FleetItems;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.input.InputAutoConfiguration;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.upload.UploadCapacity;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Adds {@code /batches} to the API service, and what works on batches in the background. */
@AutoConfiguration(after = InputAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
class BatchAutoConfiguration {

    @Bean
    BatchStore batchStore(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new BatchStore(new FleetItems(client, fleet.env()), clock, BatchStore.LEASE);
    }

    @Bean
    BatchFiles batchFiles(RegionClients clients, FleetSettings fleet) {
        return new BatchFiles(clients, fleet.homeRegion(), InputStore.bucket(fleet.env(), fleet.bucketSuffix()));
    }

    @Bean
    BatchLoop batchLoop(
            BatchStore store,
            BatchFiles files,
            JobSubmitter submitter,
            JobStore jobs,
            JobControl control,
            ResultStore results,
            InferenceSettings settings,
            LoopHealth health) {
        BatchWork work = new BatchWork(
                store,
                new BatchSubmission(store, files, submitter, settings::regionsOf),
                new BatchResults(store, files, jobs, results),
                jobs,
                control,
                settings.batches().within());
        return new BatchLoop(store, work, health);
    }

    @Bean
    BatchController batchController(
            InferenceSettings settings, InputReferences images, BatchStore store, BatchFiles files, BatchLoop loop) {
        MessageRules messages = new MessageRules(new ImageRules(settings.images()));
        return new BatchController(
                new BatchIntake(settings, messages, images, store, files),
                store,
                files,
                loop,
                new UploadCapacity(settings.batches().uploads(), System::nanoTime));
    }
}
