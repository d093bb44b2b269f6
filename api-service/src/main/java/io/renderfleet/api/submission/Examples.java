package io.renderfleet.api.submission;

/** Requests that the OpenAPI document shows. */
final class Examples {
    static final String SHORTEST = """
            {
              "designId": "test-design-1",
              "userId": "user-1",
              "camera": {"position": {"x": 0, "y": 1, "z": 4}, "target": {"x": 0, "y": 1, "z": 0}}
            }""";

    static final String EVERYTHING = """
            {
              "type": "render",
              "jobId": "6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31",
              "designId": "test-design-1",
              "userId": "user-1",
              "camera": {
                "position": {"x": 0, "y": 1, "z": 4},
                "target": {"x": 0, "y": 1, "z": 0},
                "up": {"x": 0, "y": 1, "z": 0},
                "fov": 45
              },
              "output": {"width": 640, "height": 360, "samplesPerPixel": 64, "format": "png"},
              "environment": "default",
              "priority": "NORMAL",
              "orderingKey": "shoot-7",
              "regions": ["us-east-1", "us-west-2"],
              "startWithin": "PT10M",
              "timeout": "PT30M",
              "maxAttempts": 5
            }""";

    static final String BATCH = "{\"jobs\": [" + SHORTEST + "]}";

    private Examples() {}
}
