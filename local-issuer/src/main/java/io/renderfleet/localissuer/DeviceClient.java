package io.renderfleet.localissuer;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Lets clients without a secret use device authorization (RFC 8628, section 3.1), and refresh what they got by it. Spring
 * Authorization Server accepts such clients only with PKCE, which belongs to another grant.
 */
final class DeviceClient implements AuthenticationConverter, AuthenticationProvider {
    private static final Set<String> GRANTS =
            Set.of(AuthorizationGrantType.DEVICE_CODE.getValue(), AuthorizationGrantType.REFRESH_TOKEN.getValue());

    private final RegisteredClientRepository clients;

    DeviceClient(RegisteredClientRepository clients) {
        this.clients = clients;
    }

    /** A request of a client that gives its id and no secret. */
    private static final class Request extends OAuth2ClientAuthenticationToken {
        private static final long serialVersionUID = 1;

        Request(String clientId) {
            super(clientId, ClientAuthenticationMethod.NONE, null, Map.of());
        }
    }

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        String grant = request.getParameter(OAuth2ParameterNames.GRANT_TYPE);
        String client = request.getParameter(OAuth2ParameterNames.CLIENT_ID);
        boolean ofDevice = grant == null
                ? request.getRequestURI().endsWith("/oauth2/device_authorization")
                : GRANTS.contains(grant);
        boolean hasSecret = request.getHeader("Authorization") != null
                || request.getParameter(OAuth2ParameterNames.CLIENT_SECRET) != null;
        return ofDevice && client != null && !hasSecret ? new Request(client) : null;
    }

    @Override
    public Authentication authenticate(Authentication authentication) {
        RegisteredClient client = clients.findByClientId(authentication.getName());
        if (client == null || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
        }
        return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return Request.class.isAssignableFrom(authentication);
    }
}
