import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { stackSettings } from "../../cli/stack-settings";
import { syntax } from "../../cli/pre-commit";
import { ensureToolchain } from "../../lab/toolchain/toolchain";
import { renderTree } from "../../platform/render";

const PROJECT = join(__dirname, "../..");

describe("the pre-commit hook", function () {
  this.timeout(120_000);
  let folder = "";
  let tools = "";
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder, encoding: "utf8" });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  let scanner = "";
  /** Puts the scanner on the hook's PATH. */
  const gitleaks = () => symlinkSync(scanner, join(tools, "gitleaks"));
  /** A commit through the hook itself. */
  const commit = () => {
    git("add", "-A");
    const env = { ...process.env, PATH: `${tools}${delimiter}${process.env["PATH"] ?? ""}` };
    const run = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--message=x"], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
    return { code: run.status, said: run.stdout + run.stderr };
  };

  before(async () => {
    scanner = (await ensureToolchain({ only: ["gitleaks"], progress: () => undefined })).path("gitleaks");
    [folder, tools] = [mkdtempSync(join(tmpdir(), "hearth-hook-test-")), mkdtempSync(join(tmpdir(), "hearth-hook-tools-"))];
    git("init", "--quiet", "--initial-branch=main");
    git("config", "core.hooksPath", ".githooks");
    for (const shared of ["node_modules", "config", "platform", "components", "lab"])
      symlinkSync(join(PROJECT, shared), join(folder, shared));
    write(".gitignore", "/node_modules\n/config\n/platform\n/components\n/lab\n");
    for (const path of [
      ".githooks/pre-commit",
      ...["pre-commit", "committed-tree", "exit"].map((name) => `cli/${name}.ts`),
      "tsconfig.json",
      ".prettierrc",
      ".prettierignore",
      ".gitleaks.toml",
    ])
      write(path, readFileSync(join(PROJECT, path), "utf8"));
    chmodSync(join(folder, ".githooks/pre-commit"), 0o755);
    write("Pulumi.lab.yaml", readFileSync(join(PROJECT, "Pulumi.lab.yaml"), "utf8"));
    for (const [path, text] of renderTree(stackSettings("lab", folder))) write(`kubernetes/lab/${path}`, text);
    gitleaks();
  });
  after(() => {
    for (const each of [folder, tools]) rmSync(each, { recursive: true, force: true });
  });
  const undo = () => git("reset", "--hard", "--quiet", "HEAD");

  it("lets a sound commit through", () => {
    const { code, said } = commit();
    assert.equal(code, 0, said);
  });

  it("stops a secret, and a commit that no scanner looked at", () => {
    const token = `ghp_${randomBytes(18).toString("hex")}`;
    write("notes.txt", `token = "${token}"\n`);
    const found = commit();
    assert.equal(found.code, 1);
    assert.match(found.said, /gitleaks found what looks like a secret:/);
    assert.match(found.said, /RuleID:\s+github-pat[\s\S]*File:\s+notes\.txt/);
    assert.ok(!found.said.includes(token));
    unlinkSync(join(tools, "gitleaks"));
    const unseen = commit();
    assert.equal(unseen.code, 1);
    assert.match(unseen.said, /there is no gitleaks on the PATH.*go install github\.com\/zricethezav\/gitleaks\/v8@v\d/);
    gitleaks();
    undo();
  });

  it("stops a stack file with mistakes, and a tree that is not that of its stack file", () => {
    const file = readFileSync(join(folder, "Pulumi.lab.yaml"), "utf8");
    write("Pulumi.lab.yaml", file.replace("echo: {}", "echo: { replica: 2 }"));
    const mistake = commit();
    assert.equal(mistake.code, 1);
    assert.match(mistake.said, /platform\.echo\.replica/);
    write("Pulumi.lab.yaml", file.replace("echo: {}", "echo: { replicas: 2 }"));
    const stale = commit();
    assert.equal(stale.code, 1);
    assert.match(stale.said, /kubernetes\/lab is not the tree of Pulumi\.lab\.yaml: npm run render -- lab/);
    for (const [path, text] of renderTree(stackSettings("lab", folder))) write(`kubernetes/lab/${path}`, text);
    assert.equal(commit().code, 0);
  });

  it("looks at what is staged, not at the working copy", () => {
    write("broken.json", "{");
    git("add", "broken.json");
    write("broken.json", "{}");
    const env = { ...process.env, PATH: `${tools}${delimiter}${process.env["PATH"] ?? ""}` };
    const run = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--message=x"], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /broken\.json is broken: not JSON/);
    undo();
  });

  it("says of a file that is only formatted otherwise that it is, and lets it through", () => {
    write("ugly.ts", "export const   ugly = {a:1}\n");
    const { code, said } = commit();
    assert.equal(code, 0, said);
    assert.match(said, /note: formatted otherwise: ugly\.ts/);
  });
});

describe("the syntax check of staged files", () => {
  const faults = (path: string, text: string) => syntax({ paths: [path], text: () => text });

  it("names broken TypeScript, JSON and YAML, and none of the text in them", () => {
    const broken: readonly (readonly [string, string])[] = [
      ["a.ts", "const x = {"],
      ["a.json", '{"password": "hunter2"'],
      ["a.yaml", 'password: "hunter2\nb: c'],
    ];
    for (const [path, text] of broken) {
      assert.equal(faults(path, text).length, 1, path);
      assert.doesNotMatch(faults(path, text).join(), /hunter2/);
    }
  });

  it("takes sound ones, several documents in a file, and what is no data", () => {
    const sound: readonly (readonly [string, string])[] = [
      ["a.ts", "const x: number = 1;"],
      ["a.json", "{}"],
      ["a.yml", "a: 1\n---\nb: 2"],
      ["chart/templates/a.yaml", "{{- if .Values.x }}"],
      ["tsconfig.json", "{ // why\n}"],
      ["a.md", "{"],
    ];
    for (const [path, text] of sound) assert.deepEqual(faults(path, text), [], path);
  });
});
