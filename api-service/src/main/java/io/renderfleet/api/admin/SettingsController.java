package io.renderfleet.api.admin;

import io.renderfleet.problem.Refuses;
import io.renderfleet.settings.EffectiveSetting;
import io.renderfleet.settings.EffectiveSettings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the settings that are in effect in this instance of the API service. */
@RestController
class SettingsController {
    private final EffectiveSettings settings;

    SettingsController(ConfigurableEnvironment environment) {
        this.settings = new EffectiveSettings(environment);
    }

    /** @param items by name */
    @Schema(name = "Settings")
    record Answer(List<EffectiveSetting> items) {}

    @Operation(
            operationId = "listSettings",
            summary = "List the settings of this instance of the API service",
            description = "Every setting of Renderfleet with its value, its origin and its meaning, and the settings of"
                    + " libraries that some source gives. Secrets are masked. Start any service with --print-settings to see"
                    + " its settings.",
            tags = "admin")
    @ApiResponse(responseCode = "200", description = "The settings, by name.")
    @Refuses({"operators-only"})
    @GetMapping(path = "/admin/settings", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer> settings() {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(new Answer(settings.list()));
    }
}
