package io.renderfleet.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A visit of the page in a browser that knows nothing of earlier ones. {@link #close} fails if the page did what its policy
 * forbids, threw an error, or asked a host that is not of this deployment.
 */
final class Visit implements AutoCloseable {
    /** What a slow, busy machine needs for a view; a job has its own limit. */
    private static final int MILLIS = 60_000;

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final List<String> STANDARDS = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");
    private static final Set<String> SERIOUS = Set.of("serious", "critical");

    private final BrowserContext context;
    private final Page page;
    private final List<String> faults = new CopyOnWriteArrayList<>();

    Visit(Browser browser, PageFleet fleet, Browser.NewContextOptions options) {
        context = browser.newContext(options.setBaseURL(fleet.page().toString()));
        context.setDefaultTimeout(MILLIS);
        context.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                faults.add(message.text());
            }
        });
        context.onWebError(error -> faults.add(error.error()));
        List<String> origins = fleet.origins();
        context.onRequest(request -> {
            URI url = URI.create(request.url().replaceFirst("\\?.*", ""));
            boolean own = Set.of("blob", "data").contains(url.getScheme())
                    || origins.contains(url.getScheme() + "://" + url.getAuthority());
            if (!own) {
                faults.add("A request to another host: " + request.url());
            }
        });
        page = context.newPage();
    }

    static Browser.NewContextOptions desktop() {
        return new Browser.NewContextOptions()
                .setViewportSize(1280, 900)
                .setLocale("en-US")
                .setColorScheme(ColorScheme.LIGHT);
    }

    Page page() {
        return page;
    }

    /** Opens an address of the page, and logs a user of the local issuer in. */
    void logIn(String address, String user) {
        page.navigate(address);
        main().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Log in"))
                .click();
        logInAtTheIssuer(user);
        assertThat(page.locator(".user-name")).hasText(user, new LocatorAssertions.HasTextOptions().setTimeout(MILLIS));
    }

    void logInAtTheIssuer(String user) {
        page.locator("input[name=username]").fill(user);
        page.locator("input[name=password]").fill(user);
        page.locator("button[type=submit]").click();
    }

    Locator main() {
        return page.locator("main");
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator link(String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Opens a view, and waits until its heading is there and its first requests have been answered. */
    void open(String hash) {
        page.navigate(hash);
        main().locator("h1").first().waitFor();
        page.waitForLoadState();
    }

    /** Keeps a picture of the page for people, in {@code target/screenshots}. */
    void screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    /** Fails if axe-core finds a serious violation of WCAG 2.2 AA. */
    void checkAccessibility(String view) {
        List<Rule> violations =
                new AxeBuilder(page).withTags(STANDARDS).analyze().getViolations();
        assertThat(violations)
                .filteredOn(violation -> SERIOUS.contains(violation.getImpact()))
                .as(view)
                .extracting(violation -> violation.getId() + ": " + violation.getHelp() + " " + violation.getNodes())
                .isEmpty();
    }

    @Override
    public void close() {
        context.close();
        assertThat(faults).isEmpty();
    }
}
