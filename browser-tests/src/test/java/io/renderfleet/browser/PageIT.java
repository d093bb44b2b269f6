package io.renderfleet.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.AssertionFailedError;

/** What users and operators do with the page, in Chromium. */
class PageIT {
    /** The time for a view on a slow, busy machine, in milliseconds. */
    private static final double VIEW = 60_000;

    /** The time for a small render, in milliseconds. */
    private static final double RENDER = 180_000;

    /** The time for all thumbnails of the gallery to be loaded, in milliseconds. */
    private static final double LOOK = 15_000;

    private static final int LOOKS_FOR_THUMBNAILS = 12;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static PageFleet fleet;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static Chromium chromium;

    @BeforeAll
    static void start() {
        chromium = new Chromium();
        fleet = new PageFleet();
    }

    @AfterAll
    static void stop() {
        fleet.close();
        chromium.close();
    }

    private static Visit visit(Browser.NewContextOptions options) {
        return new Visit(chromium.browser(), fleet, options);
    }

    private static Visit visit() {
        return visit(Visit.desktop());
    }

    private static LocatorAssertions.IsVisibleOptions within(double millis) {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(millis);
    }

    private static void upload(Visit visit, String fileName) {
        visit.page()
                .locator("input[type=file]")
                .setInputFiles(new FilePayload(
                        fileName, "model/gltf+json", RedBlocks.gltf().getBytes(StandardCharsets.UTF_8)));
    }

    /** A status of a job, as the page shows it. */
    private static Locator status(Visit visit, String name) {
        return visit.main()
                .locator(".badge", new Locator.LocatorOptions().setHasText(name))
                .first();
    }

    @Test
    void aUserUploadsADesignAndGetsThePictureThatTheViewerShows() throws Exception {
        try (Visit ada = visit()) {
            ada.logIn("/#/designs", "ada");
            ada.screenshot("designs");
            upload(ada, "red-blocks.gltf");
            ada.link("Render it").click();
            Page page = ada.page();
            Locator canvas = page.locator("canvas");
            assertThat(page.locator(".stage.ready")).isVisible(within(VIEW));
            String before = pixels(page);

            BoundingBox box = canvas.boundingBox();
            page.mouse().move(box.x + box.width / 2, box.y + box.height / 2);
            page.mouse().down();
            page.mouse().move(box.x + box.width / 2 + 150, box.y + box.height / 2 + 40);
            page.mouse().up();
            String after = pixels(page);
            assertThat(after).as("the view after the camera was moved").isNotEqualTo(before);

            page.getByLabel("Name of the job").fill("Blocks from the side");
            page.getByLabel("Draft").check();
            ada.screenshot("render");
            ada.button("Render").click();
            assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Blocks from the side")))
                    .isVisible(within(VIEW));
            assertThat(status(ada, "Completed")).isVisible(within(RENDER));
            Locator picture = page.locator(".picture img");
            assertThat(picture).isVisible(within(VIEW));
            page.waitForFunction("() => document.querySelector('.picture img').naturalWidth > 0");
            ada.screenshot("job");

            BufferedImage rendered = Silhouette.read(download(picture.getAttribute("src")));
            Silhouette result = Silhouette.of(rendered);
            Silhouette seen = Silhouette.of(Silhouette.read(after, rendered.getWidth(), rendered.getHeight()));
            double overlap = result.overlap(seen);
            System.out.printf(
                    "The design covers %.1f %% of the picture and %.1f %% of the viewer; intersection over union %.4f%n",
                    100 * result.share(), 100 * seen.share(), overlap);
            assertThat(result.share()).isBetween(0.05, 0.8);
            assertThat(overlap).isGreaterThan(0.97);
        }
    }

    /** What the viewer shows, as a data URL, once it has drawn the last change. */
    private static String pixels(Page page) {
        return (String) page.evaluate("""
                () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
                  resolve(document.querySelector('canvas').toDataURL('image/png')))))""");
    }

    private static byte[] download(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            BodyHandlers.ofByteArray())
                    .body();
        }
    }

    @Test
    void aUserCancelsAJob() {
        try (Visit ada = visit()) {
            ada.logIn("/#/render/furnished-room", "ada");
            Page page = ada.page();
            assertThat(page.locator(".stage.ready")).isVisible(within(VIEW));
            page.getByLabel("Samples per pixel").fill("4096");
            page.getByLabel("Width").fill("3840");
            page.getByLabel("Height").fill("2160");
            ada.button("Render").click();
            ada.button("Cancel job").click();
            assertThat(status(ada, "Cancelled")).isVisible(within(VIEW));
            assertThat(ada.button("Run again")).isVisible();
            ada.link("My jobs").click();
            assertThat(status(ada, "Cancelled")).isVisible(within(VIEW));
            ada.screenshot("jobs");
        }
    }

    @Test
    void anOperatorDrainsARegionAndOpensItAgain() {
        try (Visit olga = visit()) {
            olga.logIn("/", "olga");
            olga.link("Operator").click();
            Locator region = olga.page().getByRole(AriaRole.ARTICLE, new Page.GetByRoleOptions().setName("us-west-1"));
            region.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Drain"))
                    .click();
            Locator dialog = olga.page().getByRole(AriaRole.DIALOG);
            assertThat(dialog).containsText("Drain us-west-1?");
            dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Cancel"))
                    .click();
            assertThat(region).containsText("Open");

            region.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Drain"))
                    .click();
            olga.screenshot("operator-drain");
            dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Drain"))
                    .click();
            assertThat(region.locator(".badge")).hasText("Drained");
            olga.screenshot("operator-regions");
            region.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Reopen"))
                    .click();
            assertThat(region.locator(".badge")).hasText("Open");
        }
    }

    @Test
    void aUserSeesNothingOfOperators() {
        try (Visit bob = visit()) {
            bob.logIn("/#/operator", "bob");
            assertThat(bob.main()).containsText("For operators only");
            assertThat(bob.link("Operator")).hasCount(0);
        }
    }

    @Test
    void aLoginReturnsToItsViewAndATokenIsRenewed() {
        try (Visit bob = visit()) {
            bob.logIn("/#/jobs?status=FAILED", "bob");
            assertThat(bob.page().url()).endsWith("/#/jobs?status=FAILED");
            // A token that the API refuses, as one that has expired.
            bob.page().evaluate("""
                    () => {
                      const key = Object.keys(sessionStorage).find((name) => name.startsWith('oidc.user:'));
                      const user = JSON.parse(sessionStorage.getItem(key));
                      user.access_token = user.access_token.replace(/[^.]+$/, 'AAAA');
                      sessionStorage.setItem(key, JSON.stringify(user));
                    }""");
            bob.page().reload();
            assertThat(bob.main()).containsText("No job meets these filters");
            assertThat(bob.page().locator(".user-name")).hasText("bob");
        }
    }

    @Test
    void aNameThatIsMarkupIsText() throws Exception {
        String name = "<img src=x onerror=window.hacked=1>";
        try (Visit ada = visit()) {
            ada.logIn("/#/designs", "ada");
            upload(ada, name + ".gltf");
            assertThat(ada.main()).containsText(name);
            ada.open("/#/render/" + "%3Cscript%3Ewindow.hacked=1%3C%2Fscript%3E");
            assertThat(ada.main()).containsText("<script>window.hacked=1</script>");
            assertThat(ada.page().evaluate("() => window.hacked")).isNull();
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            int status = client.send(
                            HttpRequest.newBuilder(fleet.page().resolve("/designs/%3Cscript%3E"))
                                    .timeout(Duration.ofSeconds(30))
                                    .header("Authorization", "Bearer " + fleet.token())
                                    .header("Content-Type", "model/gltf+json")
                                    .PUT(HttpRequest.BodyPublishers.ofString(RedBlocks.gltf()))
                                    .build(),
                            BodyHandlers.ofString())
                    .statusCode();
            assertThat(status).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void noViewHasASeriousFaultOfAccessibility(ColorScheme scheme) {
        try (Visit olga = visit(Visit.desktop().setColorScheme(scheme))) {
            String suffix = scheme == ColorScheme.DARK ? "-dark" : "-light";
            olga.page().navigate("/");
            olga.button("Log in").first().waitFor();
            olga.checkAccessibility("login" + suffix);
            olga.screenshot("login" + suffix);
            olga.logIn("/#/designs", "olga");
            awaitThumbnails(olga);
            for (String view : List.of(
                    "designs",
                    "render/furnished-room",
                    "jobs",
                    "operator",
                    "operator/jobs",
                    "operator/dead-letters",
                    "operator/keys",
                    "operator/alerts",
                    "operator/cameras")) {
                olga.open("/#/" + view);
                settle(olga);
                olga.checkAccessibility(view + suffix);
                olga.screenshot(view.replace('/', '-') + suffix);
            }
        }
    }

    @Test
    void aNarrowScreenInChineseShowsEverything() {
        Browser.NewContextOptions phone = new Browser.NewContextOptions()
                .setViewportSize(390, 844)
                .setDeviceScaleFactor(2)
                .setHasTouch(true)
                .setLocale("zh-CN");
        try (Visit olga = visit(phone)) {
            olga.page().navigate("/");
            olga.main()
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("登录"))
                    .click();
            olga.logInAtTheIssuer("olga");
            olga.page().locator(".user-name").waitFor();
            for (String view : List.of("designs", "render/furnished-room", "jobs", "operator", "operator/keys")) {
                olga.open("/#/" + view);
                settle(olga);
                olga.checkAccessibility(view + " on a phone");
                olga.screenshot(view.replace('/', '-') + "-phone-zh");
                assertThat((Integer) olga.page().evaluate("() => document.documentElement.scrollWidth"))
                        .as("width of " + view)
                        .isLessThanOrEqualTo(390);
            }
        }
    }

    /** Waits until the gallery shows the sample designs, which are drawn while the product starts. */
    private static void awaitThumbnails(Visit visit) {
        LocatorAssertions thumbnails = assertThat(visit.main().locator("rf-thumbnail img"));
        int samples = SampleDesigns.all().size();
        for (int tries = 1; tries < LOOKS_FOR_THUMBNAILS; tries++) {
            try {
                thumbnails.hasCount(samples, new LocatorAssertions.HasCountOptions().setTimeout(LOOK));
                return;
            } catch (AssertionFailedError e) {
                // The gallery does not ask again for those that were not drawn.
                visit.page().reload();
            }
        }
        thumbnails.hasCount(samples, new LocatorAssertions.HasCountOptions().setTimeout(LOOK));
    }

    /** Waits until the view has what it shows: nothing is being loaded. */
    private static void settle(Visit visit) {
        visit.page().waitForFunction("""
                () => !/Loading …|正在加载/.test(document.querySelector('main').innerText)""");
    }
}
