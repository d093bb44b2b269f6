package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The order in which an update changes a list, which is not that of the actions in the expression.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html">Update
 *     expressions</a>
 */
class UpdateOrderTests {
    @Test
    void elementsBeyondTheEndAreAppendedInTheOrderOfTheirNumbers() {
        assertThat(updated("SET a[10] = :x, a[9] = :y", list("0"))).isEqualTo(list("0", "y", "x"));
    }

    @Test
    void elementsAreRemovedWhereTheyWereBeforeTheUpdate() {
        assertThat(updated("REMOVE a[0], a[2]", list("0", "1", "2", "3"))).isEqualTo(list("1", "3"));
    }

    @Test
    void elementBeforeAnotherThatIsPartlyRemovedIsRemovedAfterIt() {
        var first = new Document(Map.of("name", new Text("first")));
        var second = new Document(Map.of("name", new Text("second"), "kept", new Text("kept")));

        assertThat(updated("REMOVE a[0], a[1].#name", new Array(List.of(first, second))))
                .isEqualTo(new Array(List.of(new Document(Map.of("kept", new Text("kept"))))));
        assertThat(updated("REMOVE a[0], a[1][0]", new Array(List.of(list("0"), list("1", "2")))))
                .isEqualTo(new Array(List.of(list("2"))));
    }

    private static AttributeValue updated(String expression, AttributeValue list) {
        var placeholders = new Placeholders(Map.of("#name", "name"), Map.of(":x", new Text("x"), ":y", new Text("y")));
        var item = UpdateParser.parse(expression, placeholders).apply(Map.of("a", list));
        return Objects.requireNonNull(item.get("a"));
    }

    private static Array list(String... elements) {
        return new Array(Stream.of(elements).<AttributeValue>map(Text::new).toList());
    }
}
