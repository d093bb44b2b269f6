package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the API keys of models, and lets operators enable, disable, drain, rotate and verify them. */
@RestController
class KeysController {
    private static final Logger log = LoggerFactory.getLogger(KeysController.class);
    private static final String DELAY =
            " Workers act within a second, and within ten seconds if they have not used the pool in the last minute.";

    private final KeyAdministration keys;

    KeysController(KeyAdministration keys) {
        this.keys = keys;
    }

    @Operation(
            operationId = "listKeys",
            summary = "List the API keys of models",
            description =
                    "For each pool, the limits and permits of the quota domains, and the keys without their secrets.",
            tags = "admin")
    @ApiResponse(responseCode = "200", description = "The pools of keys.")
    @Refuses({"operators-only", "unknown-key-pool"})
    @GetMapping(path = "/admin/keys", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView.Answer> keys(
            @Parameter(description = "The name of a pool, to show only this one.")
                    @RequestParam(required = false)
                    @Nullable
                    String pool) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new KeyPoolView.Answer(pool == null ? keys.pools() : List.of(keys.pool(pool))));
    }

    @Operation(
            operationId = "enableKey",
            summary = "Enable a key",
            description =
                    "Calls can use the key again, also if it was INVALID or EXHAUSTED. A cool-down of its quota domain"
                            + " remains." + DELAY,
            tags = "admin")
    @ApiResponse(responseCode = "202", description = "The pool as it will be.")
    @Refuses({"operators-only", "unknown-key-pool", "unknown-key"})
    @PostMapping(path = "/admin/keys/{pool}/{id}/enable", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView> enable(@PathVariable String pool, @PathVariable String id) {
        keys.operate(pool, id, KeyState.ACTIVE, "Enabled by an operator");
        return accepted("enabled", pool, id);
    }

    @Operation(
            operationId = "disableKey",
            summary = "Disable a key",
            description = "No call uses the key until it is enabled. Calls in progress go on." + DELAY,
            tags = "admin")
    @ApiResponse(responseCode = "202", description = "The pool as it will be.")
    @Refuses({"operators-only", "unknown-key-pool", "unknown-key"})
    @PostMapping(path = "/admin/keys/{pool}/{id}/disable", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView> disable(@PathVariable String pool, @PathVariable String id) {
        keys.operate(pool, id, KeyState.DISABLED, "Disabled by an operator");
        return accepted("disabled", pool, id);
    }

    @Operation(
            operationId = "drainKey",
            summary = "Drain a key",
            description = "Like disabling it. The state shows that its calls may still be in progress." + DELAY,
            tags = "admin")
    @ApiResponse(responseCode = "202", description = "The pool as it will be.")
    @Refuses({"operators-only", "unknown-key-pool", "unknown-key"})
    @PostMapping(path = "/admin/keys/{pool}/{id}/drain", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView> drain(@PathVariable String pool, @PathVariable String id) {
        keys.operate(pool, id, KeyState.DRAINING, "Drained by an operator");
        return accepted("drained", pool, id);
    }

    @Operation(
            operationId = "rotateKey",
            summary = "Read the secret of a key again",
            description =
                    "Put the new secret into its place first. All workers read it from there; calls in progress keep the"
                            + " former one." + DELAY,
            tags = "admin")
    @ApiResponse(responseCode = "202", description = "The pool.")
    @Refuses({"operators-only", "unknown-key-pool", "unknown-key"})
    @PostMapping(path = "/admin/keys/{pool}/{id}/rotate", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView> rotate(@PathVariable String pool, @PathVariable String id) {
        keys.rotate(pool, id);
        return accepted("rotated", pool, id);
    }

    @Operation(
            operationId = "verifyKey",
            summary = "Verify a key",
            description = "One worker makes one cheap call with the key. The list of keys shows the outcome." + DELAY,
            tags = "admin")
    @ApiResponse(responseCode = "202", description = "The pool, with the time of the request.")
    @Refuses({"operators-only", "unknown-key-pool", "unknown-key"})
    @PostMapping(path = "/admin/keys/{pool}/{id}/verify", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView> verify(@PathVariable String pool, @PathVariable String id) {
        keys.verify(pool, id);
        return accepted("asked to verify", pool, id);
    }

    @Operation(
            operationId = "verifyKeys",
            summary = "Verify all keys of a pool",
            description = "One cheap call with each key. The list of keys shows the outcomes." + DELAY,
            tags = "admin")
    @ApiResponse(responseCode = "202", description = "The pool, with the time of the request.")
    @Refuses({"operators-only", "unknown-key-pool"})
    @PostMapping(path = "/admin/keys/{pool}/verify", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<KeyPoolView> verifyAll(@PathVariable String pool) {
        keys.verify(pool);
        return accepted("asked to verify", pool, "all keys");
    }

    private ResponseEntity<KeyPoolView> accepted(String what, String pool, String id) {
        // Both names are known ones here.
        log.info("An operator {} {} of the key pool {}", what, id, pool);
        return ResponseEntity.status(HttpStatus.ACCEPTED)
                .cacheControl(CacheControl.noStore())
                .body(keys.pool(pool));
    }
}
