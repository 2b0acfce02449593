/** The pack by Pulumi's own loader, asked as the engine asks it. */
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/analyzer_pb";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isRecord } from "../../config/path";
import { RULES } from "../../policy/rules";
import { MACHINE, NAMESPACE } from "../../policy/types";
import { readStackFile } from "../../config";
import { type FixtureResource, FIXTURE_STACK_TEXT } from "../fixtures/policy/fixture";
import { machine } from "../fixtures/policy/machines";
import { ROOT } from "../program/under-mocks";

describe("the policy pack by Pulumi's own loader", function () {
  this.timeout(30_000);
  let pack: ChildProcess;
  let client: AnalyzerClient;
  before(async () => {
    const loader = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    pack = spawn(process.execPath, [loader, "127.0.0.1:1", "."], { cwd: join(ROOT, "policy"), stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<string>((resolve, reject) => {
      pack.stdout?.once("data", (line: Buffer) => resolve(line.toString().trim()));
      pack.once("exit", (code) => reject(new Error(`the pack ended with ${String(code)}`)));
    });
    client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    await configureStack("hearth");
  });
  after(() => {
    (client as unknown as Client).close(); // a client of grpc-js, which its generated types leave out
    pack.kill();
  });

  const ask = <Request, Answer>(
    method: (request: Request, done: (error: ServiceError | null, answer: Answer) => void) => unknown,
    request: Request,
  ): Promise<Answer> =>
    new Promise(
      (resolve, reject) => void method.call(client, request, (error, answer) => (error === null ? resolve(answer) : reject(error))),
    );

  /** The stack's settings as the engine hands them out; secrets are there in clear. */
  async function configureStack(project: string, change: (config: Record<string, unknown>) => void = () => undefined): Promise<void> {
    const request = new rpc.AnalyzerStackConfigureRequest();
    request.setProject(project);
    request.setStack("fixtures");
    const sections = structuredClone(readStackFile(FIXTURE_STACK_TEXT, { stack: "fixtures" }).raw) as Record<
      string,
      Record<string, unknown>
    >;
    Object.assign(sections["proxmox"]?.["home"] ?? {}, { token: "root@pam!fixture=00000000-0000-0000-0000-000000000001" });
    Object.assign(sections["cloudflare"] ?? {}, { token: "cloudflare-token" });
    Object.assign(sections["git"]?.["credentials"] ?? {}, { token: "git-token" });
    sections["secrets"] = { "flux-webhook-token": "webhook-token" };
    change(sections);
    for (const [name, section] of Object.entries(sections)) request.getConfigMap().set(`hearth:${name}`, JSON.stringify(section));
    request.setConfigSecretKeysList(["proxmox", "cloudflare", "git", "secrets"].map((name) => `hearth:${name}`));
    await ask<rpc.AnalyzerStackConfigureRequest, rpc.AnalyzerStackConfigureResponse>(client.configureStack, request);
  }

  const structOf = (props: Readonly<Record<string, unknown>>): Struct =>
    Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as Record<string, JavaScriptValue>);
  function analyzed({ type, name, props, options = {} }: FixtureResource): rpc.AnalyzeRequest {
    const request = new rpc.AnalyzeRequest();
    request.setType(type);
    request.setName(name);
    request.setUrn(`urn:pulumi:fixtures::hearth::${type}::${name}`);
    request.setProperties(structOf(props));
    const sent = new rpc.AnalyzerResourceOptions();
    sent.setProtect(options.protect ?? false);
    sent.setIgnorechangesList([...(options.ignoreChanges ?? [])]);
    sent.setDeletebeforereplace(options.deleteBeforeReplace ?? false);
    sent.setDeletebeforereplacedefined(options.deleteBeforeReplace !== undefined);
    request.setOptions(sent);
    return request;
  }
  const analyze = async (resource: FixtureResource): Promise<readonly string[]> =>
    (await ask<rpc.AnalyzeRequest, rpc.AnalyzeResponse>(client.analyze, analyzed(resource)))
      .getDiagnosticsList()
      .map((each) => `${each.getPolicyname()} ${each.getEnforcementlevel()}: ${each.getMessage().split("\n").at(1) ?? each.getMessage()}`);

  it("says which rules it has, with their levels and the schemas of their options", async () => {
    const info = await ask<Empty, rpc.AnalyzerInfo>(client.getAnalyzerInfo, new Empty());
    assert.equal(info.getName(), "hearth");
    assert.deepEqual(
      info.getPoliciesList().map((policy) => [policy.getName(), LEVELS[policy.getEnforcementlevel()]]),
      RULES.map(({ id, level }) => [id, level]),
    );
    const reserve = info.getPoliciesList().find((policy) => policy.getName() === "machine-memory-fits");
    assert.deepEqual(reserve?.getConfigschema()?.getProperties()?.toJavaScript(), {
      reserveMiB: { default: 0, description: "MiB of each host that no machine may have.", maximum: 1048576, minimum: 0, type: "integer" },
    });
  });

  it("refuses a machine by inputs, options and settings, and lets one pass that is right", async () => {
    assert.deepEqual(await analyze(machine("cp-1")), []);
    const said = await analyze(machine("cp-1", { bios: "seabios", protection: true }, { ignoreChanges: [] }));
    assert.deepEqual(said.map((line) => line.split(" ")[0]).sort(), ["machine-firmware", "machine-image-ignored", "machine-protected"]);
  });

  it("puts right what has one right value, and leaves the rest of the inputs as it was", async () => {
    const wrong = machine("cp-1", { memory: { dedicated: 16384, floating: 1024 }, agent: { enabled: true } });
    const answer = await ask<rpc.AnalyzeRequest, rpc.RemediateResponse>(client.remediate, analyzed(wrong));
    const remediations = answer.getRemediationsList();
    assert.deepEqual(remediations.map((each) => each.getPolicyname()).sort(), ["machine-agent-no-wait", "machine-no-balloon"]);
    const { props } = machine("cp-1", {
      memory: { dedicated: 16384, floating: 0 },
      agent: { enabled: true, waitForIp: { disabled: true } },
    });
    assert.deepEqual(remediations.at(-1)?.getProperties()?.toJavaScript(), JSON.parse(JSON.stringify(props)));
  });

  it("says of a resource in order which rules are for other types, the second time as the first", async () => {
    const silent = async (): Promise<readonly unknown[]> => [
      (await ask<rpc.AnalyzeRequest, rpc.AnalyzeResponse>(client.analyze, analyzed(machine("cp-1")))).toObject(),
      (await ask<rpc.AnalyzeRequest, rpc.RemediateResponse>(client.remediate, analyzed(machine("cp-1")))).toObject(),
    ];
    const [first, second] = [await silent(), await silent()];
    assert.deepEqual(second, first);
    assert.ok(JSON.stringify(first).includes("Policy only applies to resources of type 'talos:"), JSON.stringify(first));
    const wrong = analyzed(machine("cp-2", { rebootAfterUpdate: true }));
    const answer = await ask<rpc.AnalyzeRequest, rpc.RemediateResponse>(client.remediate, wrong);
    assert.deepEqual(
      answer.getRemediationsList().map((each) => each.getPolicyname()),
      ["machine-no-reboot"],
    );
  });

  it("judges a resource of a type that it was content with by options that were changed since", async () => {
    const bare = { type: NAMESPACE, name: "flux-system", props: { kind: "Namespace", metadata: { name: "flux-system" } } };
    const labels = Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]));
    const labelled = { type: NAMESPACE, name: "kept", props: { kind: "Namespace", metadata: { name: "kept", labels } } };
    assert.deepEqual([await analyze(labelled), await analyze(bare)], [[], []]);
    await configure("namespace-pod-security", rpc.EnforcementLevel.MANDATORY, { labelledByOthers: [] });
    assert.deepEqual(await analyze(labelled), []);
    assert.equal((await analyze(bare)).length, 3);
    await configure("namespace-pod-security", rpc.EnforcementLevel.DISABLED, { labelledByOthers: [] });
    assert.deepEqual(await analyze(bare), []);
    await configure("namespace-pod-security", rpc.EnforcementLevel.MANDATORY, {});
    assert.deepEqual(await analyze(bare), []);
    await configure("namespace-pod-security", rpc.EnforcementLevel.ADVISORY, { labelledByOthers: "none" });
    await assert.rejects(analyze(bare), /namespace-pod-security/);
    await configure("namespace-pod-security", rpc.EnforcementLevel.MANDATORY, {});
  });

  it("judges a stack whole, with the options that it is given", async () => {
    const judged = async (): Promise<readonly string[]> => {
      const request = new rpc.AnalyzeStackRequest();
      const resource = new rpc.AnalyzerResource();
      const { type, name, props } = machine("cp-3", { memory: { dedicated: 32768, floating: 0 } });
      resource.setType(type);
      resource.setName(name);
      resource.setUrn(`urn:pulumi:fixtures::hearth::${type}::${name}`);
      resource.setProperties(structOf(props));
      resource.setOptions(new rpc.AnalyzerResourceOptions());
      request.setResourcesList([resource]);
      const answer = await ask<rpc.AnalyzeStackRequest, rpc.AnalyzeResponse>(client.analyzeStack, request);
      return answer.getDiagnosticsList().map((each) => each.getPolicyname());
    };
    assert.deepEqual(await judged(), []);
    await configure("machine-memory-fits", rpc.EnforcementLevel.ADVISORY, { reserveMiB: 1 });
    assert.deepEqual(await judged(), ["machine-memory-fits"]);
  });

  it("knows in a stack what a resource was asked to be, although its provider left that out of the preview", async () => {
    await configure("machine-memory-fits", rpc.EnforcementLevel.MANDATORY, {});
    const names = ["cp-1", "cp-2"];
    for (const name of names) await analyze(machine(name, { vmId: 4711 }));
    const request = new rpc.AnalyzeStackRequest();
    request.setResourcesList(
      names.map((name) => {
        const resource = new rpc.AnalyzerResource();
        resource.setType(MACHINE);
        resource.setName(name);
        resource.setUrn(`urn:pulumi:fixtures::hearth::${MACHINE}::${name}`);
        resource.setProperties(structOf({ vmId: UNKNOWN }));
        resource.setOptions(new rpc.AnalyzerResourceOptions());
        return resource;
      }),
    );
    const answer = await ask<rpc.AnalyzeStackRequest, rpc.AnalyzeResponse>(client.analyzeStack, request);
    const said = answer.getDiagnosticsList().map((each) => each.getMessage());
    assert.ok(
      said.some((message) => message.includes("cp-1 and cp-2 have the same VM id 4711")),
      said.join("\n"),
    );
  });

  async function configure(rule: string, level: rpc.EnforcementLevel, options: Readonly<Record<string, unknown>>): Promise<void> {
    const request = new rpc.ConfigureAnalyzerRequest();
    const config = new rpc.PolicyConfig();
    config.setEnforcementlevel(level);
    config.setProperties(structOf(options));
    request.getPolicyconfigMap().set(rule, config);
    await ask<rpc.ConfigureAnalyzerRequest, Empty>(client.configure, request);
  }

  it("says what is wrong with the settings instead of leaving rules undecided, and has none of another project", async () => {
    await configureStack("hearth", (sections) => {
      const network = sections["network"];
      if (isRecord(network)) network["vip"] = "127.10.0.11";
    });
    await assert.rejects(
      analyze(machine("cp-1")),
      (error: Error) => /has the address of the VIP/.test(error.message) && !/at settingsFrom/.test(error.message),
    );
    await configureStack("another");
    assert.deepEqual(await analyze(machine("cp-1", { protection: true })), []);
    assert.deepEqual(
      (await analyze({ ...machine("cp-1", { bios: "seabios" }), type: MACHINE })).map((line) => line.split(" ")[0]),
      ["machine-firmware"],
    );
  });
});

/** A number that is not known yet, on the wire; source: pulumi sdk/go/common/resource/plugin. */
const UNKNOWN = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";

const LEVELS: Readonly<Record<number, string>> = {
  [rpc.EnforcementLevel.MANDATORY]: "mandatory",
  [rpc.EnforcementLevel.ADVISORY]: "advisory",
  [rpc.EnforcementLevel.REMEDIATE]: "remediate",
};
