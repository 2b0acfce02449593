import assert from "node:assert/strict";
import fc from "fast-check";
import { code, COMMENT_LIMIT, fitted, prose, table, type Block } from "../../plan/markdown";

const line = fc
  .oneof(fc.string({ maxLength: 400 }), fc.constantFrom("```", "</details>", "````diff", "| a |", "@everyone", "+x".repeat(200)))
  .map((text) => text.replace(/\n/g, " "));
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ text: fc.array(fc.string({ maxLength: 40 }).map(prose), { maxLength: 3 }) }),
  fc.array(line, { maxLength: 300 }).map((lines) => ({
    rows: table(
      ["a"],
      lines.map((text) => [prose(text)]),
    ),
    header: 2,
  })),
  fc.record({ summary: fc.constant("app"), lines: fc.array(line, { maxLength: 2000 }), language: fc.constant("diff" as const) }),
);

/** The comment's lines that a reader of Markdown takes as its own, those inside fences left out. */
function outside(markdown: string): readonly string[] {
  let fence: string | undefined;
  return markdown.split("\n").filter((text) => {
    const run = /^(`{3,})/.exec(text)?.[1];
    if (fence === undefined && run !== undefined) fence = run;
    else if (fence !== undefined && run !== undefined && text === run && run.length >= fence.length) fence = undefined;
    else return fence === undefined;
    return false;
  });
}

describe("the Markdown of a comment", function () {
  this.timeout(120_000);

  it("never exceeds GitHub's limit, and closes whatever it opens, however long and odd its parts are", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.integer({ min: 3000, max: COMMENT_LIMIT }), (blocks, limit) => {
        const markdown = fitted(blocks, "See `npm run plan`.", limit);
        assert.ok(markdown.length <= limit, `${markdown.length} of ${limit}`);
        const own = outside(markdown);
        const opened = own.filter((text) => text.startsWith("<details>")).length;
        assert.equal(own.filter((text) => text === "</details>").length, opened);
      }),
      { numRuns: 60 },
    );
  });

  it("cuts what is folded first, says how much is left out, and keeps every row while it can", () => {
    const long: Block = {
      summary: "app",
      lines: Array.from({ length: 5000 }, (_, index) => `+line ${index} ${"x".repeat(40)}`),
      language: "diff",
    };
    const rows: Block = {
      rows: table(
        ["name"],
        Array.from({ length: 50 }, (_, index) => [`row-${index}`]),
      ),
      header: 2,
    };
    const markdown = fitted([rows, long], "Run it.");
    assert.ok(markdown.length <= COMMENT_LIMIT && markdown.length > COMMENT_LIMIT * 0.9);
    assert.match(markdown, /row-49/);
    assert.match(markdown, /… \d+ more lines\. Run it\./);
  });

  it("leaves a short comment whole", () => {
    assert.equal(
      fitted([{ text: ["a"] }, { summary: "s", lines: ["+x"], language: "diff" }], "Run it."),
      "a\n\n<details><summary>s</summary>\n\n```diff\n+x\n```\n\n</details>\n",
    );
  });

  it("lets no text break out of a cell, a code span or a sentence", () => {
    assert.equal(code("a`b"), "``a`b``");
    assert.equal(code("`x`"), "`` `x` ``");
    assert.deepEqual(table(["a"], [["x | y\nz"]]).at(-1), "| x \\| y z |");
    assert.equal(prose("<img src=x> [a](b) @team *b*"), "\\<img src=x\\> \\[a\\](b) @\u200bteam \\*b\\*");
  });
});
