import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ensureToolchain } from "../../lab/toolchain/toolchain";
import { at } from "../../policy/values";
import { RULES, type Workflow } from "./rules";

const FOLDER = join(__dirname, "../../.github/workflows");

function workflow(name: string, text: string): Workflow {
  return { name, text, content: parse(text) };
}

const WORKFLOWS = readdirSync(FOLDER).map((name) => workflow(name, readFileSync(join(FOLDER, name), "utf8")));

function textOf(name: string): string {
  const found = WORKFLOWS.find((each) => each.name === name);
  assert.ok(found, name);
  return found.text;
}

/** Rule -> a workflow and a change of its text that breaks exactly this rule. */
const FAULTS: Readonly<Record<string, readonly (readonly [file: string, before: string, after: string])[]>> = {
  "gives nothing to a workflow as a whole": [
    ["test.yml", "permissions: {}", "permissions: write-all"],
    ["up.yml", "permissions: {}\n", ""],
  ],
  "ends a step with the first command that fails": [["preview.yml", "    shell: bash\n", "    shell: sh\n"]],
  "gives a job what it uses, and nothing else": [
    ["test.yml", "      contents: read", "      contents: write"],
    ["preview.yml", "      pull-requests: write", "      pull-requests: write\n      contents: read"],
    ["drift.yml", "      issues: write", "      issues: read"],
    ["up.yml", "    permissions:\n      contents: read\n", ""],
  ],
  "pins every action by a commit that is known, its version beside it": [
    ["test.yml", "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0", "actions/checkout@v6"],
    ["up.yml", "# v6.5.0", "# v6.4.0"],
    ["drift.yml", "actions/checkout@d23441a", "actions/checkout@e23441a"],
  ],
  "shows a secret to single steps only, by their environment": [
    ["up.yml", "  STACK:", "  KEY: ${{ secrets.KEY }}\n  STACK:"],
    ["drift.yml", "found=nothing\n", 'found=nothing\n          echo "${{ secrets.KEY }}"\n'],
  ],
  "holds no secret in plain": [
    ["up.yml", "  STACK:", "  PULUMI_ACCESS_TOKEN: pul-0123456789abcdef0123456789abcdef01234567\n  STACK:"],
    ["up.yml", "  STACK:", "  PULUMI_CONFIG_PASSPHRASE: correct-horse-battery\n  STACK:"],
  ],
  "never runs a stranger's code with rights of its own": [["preview.yml", "  pull_request:\n", "  pull_request_target:\n"]],
  "lets no text of a stranger into a shell": [
    ["preview.yml", '--base "$(git rev-parse HEAD^1)" --no-state', '--base "${{ github.head_ref }}" --no-state'],
  ],
  "gives a job that sees secrets only to code of this repository": [
    [
      "preview.yml",
      "if: github.event.pull_request.head.repo.full_name == github.repository && vars.HEARTH_STATE == 'on'",
      "if: vars.HEARTH_STATE == 'on'",
    ],
    ["preview.yml", " && github.event.pull_request.head.repo.full_name == github.repository &&", " &&"],
  ],
  "gives every job a time to end": [["up.yml", "    timeout-minutes: 180\n", ""]],
  "leaves no token in a checkout": [["up.yml", "          persist-credentials: false", "          persist-credentials: true"]],
  "runs on a named image, or on the runner of the settings": [["test.yml", "ubuntu-24.04", "ubuntu-latest"]],
};

describe("the workflows", () => {
  it("are there for tests, previews, up and drift", () => {
    assert.deepEqual(WORKFLOWS.map(({ name }) => name).sort(), ["drift.yml", "preview.yml", "test.yml", "up.yml"]);
  });

  for (const [name, rule] of Object.entries(RULES)) {
    describe(`a workflow that ${name}`, () => {
      for (const each of WORKFLOWS) it(`is ${each.name}`, () => assert.deepEqual(rule(each), []));

      it("is none with a fault put into it", () => {
        const faults = FAULTS[name] ?? [];
        assert.ok(faults.length > 0, "the rule has no fault");
        for (const [file, before, after] of faults) {
          const text = textOf(file);
          assert.ok(text.includes(before), `${file} has no ${before}`);
          assert.notDeepEqual(
            rule(
              workflow(
                file,
                text.replace(before, () => after),
              ),
            ),
            [],
            `${file}: ${after}`,
          );
        }
      });
    });
  }

  it("let nothing put out an up that waits for its turn", () => {
    const groups = WORKFLOWS.map(({ content }) => String(at(content, "concurrency", "group") ?? ""));
    assert.equal(groups.length, new Set(groups).size);
    assert.match(textOf("up.yml"), /cancel-in-progress: false/);
  });

  it("compare with what the pull request starts from, and keep the state out of a fork's plan", () => {
    const text = textOf("preview.yml");
    // What is checked out merges the pull request into its base as it is now; `pull_request.base.sha` may be older.
    assert.match(text, /npm run --silent plan -- "\$STACK" --base "\$\(git rev-parse HEAD\^1\)" --no-state/);
    assert.match(text, /npm run --silent plan -- "\$STACK" --base "\$\(git rev-parse HEAD\^1\)" --preview/);
    assert.doesNotMatch(text, /pull_request\.base\.sha/);
  });
});

describe("actionlint", function () {
  this.timeout(300_000);
  let actionlint = "";
  before(async () => {
    actionlint = (await ensureToolchain({ only: ["actionlint"], progress: () => undefined })).path("actionlint");
  });
  const lint = (text: string) => spawnSync(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", "-"], { input: text, encoding: "utf8" });

  for (const { name, text } of WORKFLOWS) {
    it(`has nothing against ${name}`, () => {
      const { status, stdout, stderr } = lint(text);
      assert.equal(status, 0, stdout + stderr);
    });
  }

  it("finds a fault that is put in: a step that is not there, a key that does not exist, an expression that is none", () => {
    const text = textOf("preview.yml");
    for (const [before, after] of [
      ["steps.plan.outputs.markdown", "steps.plam.outputs.markdown"],
      ["timeout-minutes", "timeout-minute"],
      ["needs: [plan, preview]", "needs: [plan, previews]"],
    ] as const) {
      assert.ok(text.includes(before));
      assert.equal(lint(text.replace(before, after)).status, 1, after);
    }
  });
});
