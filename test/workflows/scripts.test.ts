import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "yaml";
import { at } from "../../policy/values";
import { marker } from "../../plan/comment";

const FOLDER = join(__dirname, "../../.github/workflows");

/** A script of a job: that of the step with an id, or of its only step. */
function script(file: string, job: string, id?: string): string {
  const all = at(parse(readFileSync(join(FOLDER, file), "utf8")), "jobs", job, "steps");
  assert.ok(Array.isArray(all));
  const steps = all.filter((step) => id === undefined || at(step, "id") === id);
  assert.equal(steps.length, 1);
  const run = at(steps[0], "run");
  assert.ok(typeof run === "string");
  return run;
}

describe("what the workflows write at GitHub", () => {
  let folder = "";
  /** Stands for `gh`: notes how it is called, and answers a question with a number when there is one. */
  const GH = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *--jq*) [ -z "$THERE" ] || echo "$THERE" ;; esac
`;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-workflow-test-"));
    writeFileSync(join(folder, "gh"), GH);
    chmodSync(join(folder, "gh"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a script as a runner does, and gives the calls of `gh` and what was printed. */
  const run = (text: string, env: Readonly<Record<string, string>>) => {
    const calls = join(folder, "calls");
    const result = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`, CALLS: calls, THERE: "", ...env },
    });
    return { code: result.status, calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [] };
  };

  it("fails, and writes no second comment, when GitHub does not answer", () => {
    writeFileSync(join(folder, "gh"), `#!/bin/sh\necho "$*" >> "$CALLS"\nexit 1\n`);
    const { code, calls } = comment(`${marker("lab")}\nPlan\n`);
    assert.notEqual(code, 0);
    assert.equal(calls.length, 1);
  });

  const comment = (markdown: string, there = "") =>
    run(script("preview.yml", "comment"), {
      MARKDOWN: gzipSync(markdown).toString("base64"),
      COMMENTS: "repos/o/r/issues/7/comments",
      COMMENT: "repos/o/r/issues/comments",
      THERE: there,
    });

  it("is a new comment the first time, with the plan as its body", () => {
    const markdown = `${marker("lab")}\n## Plan of \`lab\` → $(id)\n`;
    const { code, calls } = comment(markdown);
    assert.equal(code, 0);
    assert.equal(calls[1], "api --silent --method POST repos/o/r/issues/7/comments --field body=@plan.md");
    assert.equal(readFileSync(join(folder, "plan.md"), "utf8"), markdown);
  });

  it("is that comment again the next time, found by its marker and its author", () => {
    const { code, calls } = comment(`${marker("lab")}\nPlan\n`, "4711");
    assert.equal(code, 0);
    assert.match(calls[0] ?? "", /github-actions\[bot\].*startswith\(env\.MARKER\)/);
    assert.deepEqual(calls.slice(1), ["api --silent --method PATCH repos/o/r/issues/comments/4711 --field body=@plan.md"]);
  });

  it("is nothing when what came is no plan", () => {
    const { code, calls } = comment("<!-- something else -->\n");
    assert.notEqual(code, 0);
    assert.deepEqual(calls, []);
  });

  /** What a job's plan hands on to the comment, when `npm run plan` prints a text and ends with a code. */
  const planned = (job: string, text: string, code: number) => {
    for (const [tool, lines] of Object.entries({ npm: `printf '%s' "$TEXT"; exit ${code}`, git: "echo 0123456" })) {
      writeFileSync(join(folder, tool), `#!/bin/sh\n${lines}\n`);
      chmodSync(join(folder, tool), 0o755);
    }
    const files = { GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "summary"), RUNNER_TEMP: folder };
    const ended = run(script("preview.yml", job, "plan"), { STACK: "home", TEXT: text, ...files });
    const output = existsSync(files.GITHUB_OUTPUT) ? readFileSync(files.GITHUB_OUTPUT, "utf8") : "";
    const [, packed = ""] = /^markdown=(.*)$/m.exec(output) ?? [];
    return { code: ended.code, text: packed === "" ? undefined : gunzipSync(Buffer.from(packed, "base64")).toString("utf8") };
  };

  for (const job of ["plan", "preview"]) {
    it(`is what the job ${job} planned, also when it fails, and nothing when it planned nothing`, () => {
      assert.deepEqual(planned(job, "a plan\n", 0), { code: 0, text: "a plan\n" });
      rmSync(join(folder, "output"));
      assert.deepEqual(planned(job, "a plan that is blocked\n", 1), { code: 1, text: "a plan that is blocked\n" });
      rmSync(join(folder, "output"));
      // The other job's text would lose against an empty one.
      assert.deepEqual(planned(job, "", 1), { code: 1, text: undefined });
    });
  }

  const drift = (found: string, there = "") =>
    run(script("drift.yml", "issue"), { STACK: "home", FOUND: found, RUN: "https://example.com/1", THERE: there }).calls;

  it("is an issue for a drift, the same one while it lasts, and closed when it is gone", () => {
    assert.match(
      drift("it differs")[1] ?? "",
      /^issue create --title Drift of home --body Found: it differs\. The log of https:\/\/example\.com\/1 says what/,
    );
    assert.match(drift("it differs", "12").at(-1) ?? "", /^issue edit 12 --body Found/);
    assert.match(drift("nothing", "12").at(-1) ?? "", /^issue close 12 /);
  });

  it("is nothing while there is no drift and no issue", () => {
    assert.equal(drift("nothing").length, 1);
  });
});
