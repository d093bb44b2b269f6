package io.renderfleet.jobtype.inference.input;

import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.image.InputStoreAutoConfiguration;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.upload.UploadCapacity;
import io.renderfleet.upload.UploadedFile;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Adds {@code PUT /inputs/{name}} to the API service, and what requests with images need. */
@AutoConfiguration(after = InputStoreAutoConfiguration.class)
@ConditionalOnBean(JobTypes.class)
public class InputAutoConfiguration {

    @Bean
    InputReferences inputReferences(InputStore store) {
        return new InputReferences(store);
    }

    @Bean
    InputController inputController(InputStore store, InferenceSettings settings) {
        UploadedFile.deleteLeft(Path.of(System.getProperty("java.io.tmpdir")));
        return new InputController(store, new UploadCapacity(settings.uploads(), System::nanoTime));
    }
}
