package io.renderfleet.settings;

import org.springframework.boot.DefaultPropertiesPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** Says where the value of a setting comes from. */
final class Origins {
    private Origins() {}

    static String describe(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        return origin == null ? "unknown" : describe(origin);
    }

    static String describe(Origin origin) {
        return switch (origin) {
            case SystemEnvironmentOrigin variable -> "environment variable " + variable.getProperty();
            case TextResourceOrigin text -> file(text);
            case PropertySourceOrigin source when source.getOrigin() != null -> describe(source.getOrigin());
            case PropertySourceOrigin source ->
                switch (source.getPropertySource().getName()) {
                    case CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME -> "command line";
                    case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME -> "system property";
                    case DefaultPropertiesPropertySource.NAME -> "default";
                    default -> source.getPropertySource().getName();
                };
            default -> origin.toString();
        };
    }

    private static String file(TextResourceOrigin text) {
        Resource resource = text.getResource();
        String name = resource == null
                ? "file"
                // A settings file of a service is known by its name; one beside it by its path.
                : resource instanceof FileSystemResource file ? file.getPath() : String.valueOf(resource.getFilename());
        TextResourceOrigin.Location location = text.getLocation();
        return location == null ? name : name + ", line " + (location.getLine() + 1);
    }
}
