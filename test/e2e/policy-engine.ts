/** The real engine with the policy pack, on programs that register fixtures; providers take whatever they are given. */
import * as pulumi from "@pulumi/pulumi";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { loadStackFile, secretPaths } from "../../config";
import { isRecord } from "../../config/path";
import { POLICY_PACK } from "../../lab/cli/policies";
import { fileBackend } from "../../lab/engine";
import { connectAnew } from "../../lab/engine-connections";
import { labSecret } from "../../lab/lab-secrets";
import type { ProviderAdapter, ResourceAdapter } from "../../lab/providers/adapter";
import { genericDiff } from "../../lab/providers/diff";
import { attachEnvironment, type ProviderServers, serveProviders } from "../../lab/providers/frame";
import { anything, type PropertyTable } from "../../lab/providers/property-table";
import { type FixtureResource, type FixtureStack, FIXTURE_STACK_TEXT, SecretInput, UnknownInput } from "../fixtures/policy/fixture";
import { testToolchain } from "./lab-harness";

const ROOT = join(__dirname, "../..");
const STACK = "fixtures";

/** What the pack said of a resource, or of the stack, by the rule's id. */
export interface Said {
  readonly rule: string;
  readonly urn: string;
  readonly message: string;
}

/** What the pack said in a run: what it refused and what it put right. */
export function saidIn(events: readonly EngineEvent[]): readonly Said[] {
  return events.flatMap((event) => {
    const remediation: unknown = (event as unknown as Record<string, unknown>)["policyRemediationEvent"]; // not in the SDK's types
    const said: unknown = event.policyEvent ?? remediation;
    if (!isRecord(said)) return [];
    return [{ rule: String(said["policyName"]), urn: String(said["resourceUrn"]), message: String(said["message"] ?? "put right") }];
  });
}

/** An engine with a stack of Hearth's whose settings are those of the fixtures. */
export class PolicyEngine {
  private constructor(
    private readonly dir: string,
    private readonly servers: ProviderServers,
    private readonly stack: Stack,
  ) {}

  static async start(): Promise<PolicyEngine> {
    const toolchain = await testToolchain();
    const dir = mkdtempSync(join(tmpdir(), "hearth-policy-"));
    const servers = await serveProviders(["proxmoxve", "talos", "cloudflare", "kubernetes", "random"].map(liberal), { host: "127.0.0.1" });
    writeFileSync(join(dir, "Pulumi.yaml"), readFileSync(join(ROOT, "Pulumi.yaml"), "utf8").replace(/^main:.*$/m, "main: ."));
    const file = join(dir, `Pulumi.${STACK}.yaml`);
    writeFileSync(file, FIXTURE_STACK_TEXT);
    const paths = secretPaths(loadStackFile(file).raw);
    const envVars = {
      ...attachEnvironment(servers.ports),
      PULUMI_HOME: join(dir, "home"),
      PULUMI_BACKEND_URL: fileBackend(dir),
      PULUMI_CONFIG_PASSPHRASE: "fixtures",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    process.env["PATH"] = [dirname(toolchain.path("pulumi")), process.env["PATH"]].join(delimiter); // where the Automation API looks
    const program = { stackName: STACK, projectName: "hearth", program: () => Promise.resolve({}) };
    connectAnew();
    const stack = await LocalWorkspace.createOrSelectStack(program, { workDir: dir, envVars, pulumiHome: join(dir, "home") });
    for (const path of paths) await stack.setConfig(`hearth:${path}`, { value: labSecret(path), secret: true }, true);
    return new PolicyEngine(dir, servers, stack);
  }

  /** What the pack says of a stack in a first preview. @throws Error when the preview fails for another reason than the pack's. */
  async judge({ resources, outputs = {} }: FixtureStack): Promise<readonly Said[]> {
    const events: EngineEvent[] = [];
    const program = (): Promise<pulumi.Inputs> => Promise.resolve(registered(resources, outputs));
    const error = await this.stack.preview({ program, policyPacks: [POLICY_PACK], onEvent: (event) => events.push(event) }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const said = saidIn(events);
    const isRefused = events.some(({ policyEvent }) => policyEvent?.enforcementLevel === "mandatory");
    if ((error !== undefined) !== isRefused) throw error ?? new Error("a mandatory violation did not stop the preview");
    const failures = events.flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === "error" ? [diagnosticEvent.message] : []));
    const other = failures.filter((message) => !/preview failed/.test(message));
    if (other.length > 0) throw new Error(`the preview failed for another reason: ${other.join("; ")}`);
    return said;
  }

  async close(): Promise<void> {
    await this.servers.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A resource of any type. */
class AnyResource extends pulumi.CustomResource {}

/** An instance of any provider. */
class AnyProvider extends pulumi.ProviderResource {}

/** Registers fixtures as a program does; returns the stack's outputs. */
function registered(resources: readonly FixtureResource[], outputs: Readonly<Record<string, unknown>>): pulumi.Inputs {
  const made = new AnyResource("random:index/randomUuid:RandomUuid", "made", {});
  const input = (value: unknown): pulumi.Input<unknown> => {
    if (value instanceof SecretInput) return pulumi.secret(value.value);
    if (value instanceof UnknownInput) return made.id;
    if (Array.isArray(value)) return value.map(input);
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, input(item)])) : value;
  };
  const inputs = (props: Readonly<Record<string, unknown>>): pulumi.Inputs =>
    Object.fromEntries(Object.entries(props).map(([key, value]) => [key, input(value)]));
  for (const { type, name, props, options } of resources) {
    const { ignoreChanges = [], ...rest } = options ?? {};
    const opts: pulumi.CustomResourceOptions = { ...rest, ignoreChanges: [...ignoreChanges] };
    const provider = /^pulumi:providers:(.*)$/.exec(type)?.[1];
    if (provider === undefined) new AnyResource(type, name, inputs(props), opts);
    else new AnyProvider(provider, name, inputs(props), opts);
  }
  return inputs(outputs);
}

/** A provider that takes every type with every input: the pack judges, not the provider. */
function liberal(name: string): ProviderAdapter {
  const inputs: PropertyTable = { properties: new Proxy({}, { get: () => anything }) };
  const resource: ResourceAdapter = {
    inputs,
    diff: (_id, oldInputs, _state, newInputs) => genericDiff(oldInputs, newInputs, {}),
    create: () => Promise.reject(new Error("fixtures are previewed only")),
    delete: () => Promise.resolve(),
  };
  return { name, version: "0.0.1", configInputs: inputs, resources: new Proxy({}, { get: () => resource }), functions: {} };
}
