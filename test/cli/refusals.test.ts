import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { render } from "../../cli/render";
import { formatProblems, SettingsError } from "../../config/messages";
import { isMap, parseDocument } from "yaml";

const STACK = readFileSync(join(__dirname, "../../lab/stacks/Pulumi.all.yaml"), "utf8");

type Path = readonly string[];

/** What a careless change of the stack file with every app leads to: the rule, where, and what to do. */
const REFUSALS: readonly { readonly title: string; readonly set: Path; readonly to?: unknown; readonly says: RegExp }[] = [
  {
    title: "an option that the app does not have",
    set: ["hearth:platform", "grafana", "replica"],
    to: 2,
    says: /platform\.grafana\.replica \(line \d+\)[^]*no option of this name[^]*-> use one of [^]*\[platform\.options\]/,
  },
  {
    title: "a secret that is not there",
    set: ["hearth:secrets", "ntfy-topic"],
    says: /secrets\.ntfy-topic[^]*kube-prometheus-stack needs this secret[^]*-> pulumi config set --secret[^]*\[platform\.secrets\]/,
  },
  {
    title: "a dependency that is switched off",
    set: ["hearth:platform", "redis"],
    says: /platform\.mcp-gateway \(line \d+\)[^]*redis[^]*-> [^]*\[platform\.needs\]/,
  },
  {
    title: "two apps on one host name",
    set: ["hearth:platform", "grafana", "subdomain"],
    to: "hubble",
    says: /platform\.(grafana|hubble-ui)\.subdomain[^]*hubble\.all\.example\.com[^]*-> [^]*\[platform\.host-unique\]/,
  },
];

describe("npm run render refuses, before it writes anything,", () => {
  let project: string;
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "hearth-refusals-"));
  });
  afterEach(() => rmSync(project, { recursive: true }));

  function renderWith(set: Path, to: unknown): string {
    const document = parseDocument(STACK);
    const path = ["config", ...set];
    const parent = document.getIn(path.slice(0, -1));
    assert.ok(isMap(parent), path.join("."));
    if (to === undefined) assert.ok(document.deleteIn(path), path.join("."));
    else document.setIn(path, to);
    writeFileSync(join(project, "Pulumi.all.yaml"), document.toString());
    try {
      render(["all"], project);
      return "";
    } catch (error) {
      assert.ok(error instanceof SettingsError, String(error));
      return formatProblems(error.problems);
    }
  }

  for (const { title, set, to, says } of REFUSALS) {
    it(`${title}: with path and fix`, () => {
      assert.match(renderWith(set, to), says);
      assert.equal(existsSync(join(project, "kubernetes")), false);
    });
  }

  it("and writes the tree of the file as it is", function () {
    this.timeout(20_000);
    assert.equal(renderWith(["hearth:platform", "echo", "replicas"], 2), "");
    assert.ok(existsSync(join(project, "kubernetes/all/apps/echo/deployment-echo.yaml")));
  });
});
