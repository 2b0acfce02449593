/** Every property table against the SDK that people write their programs with. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { KubernetesRuntime, TalosHelper } from "../../../lab/contracts";
import type { ProviderAdapter } from "../../../lab/providers/adapter";
import { cloudflareProvider } from "../../../lab/providers/cloudflare";
import { required, text, type Properties, type PropertyType } from "../../../lab/providers/property-table";
import { keycloakProvider } from "../../../lab/providers/keycloak";
import { proxmoxveProvider } from "../../../lab/providers/proxmoxve";
import { randomProvider } from "../../../lab/providers/random";
import { talosProvider } from "../../../lab/providers/talos";
import { CloudflareWorld } from "../../../lab/world/cloudflare";
import { World } from "../../../lab/world/world";
import { SdkDeclarations } from "./sdk-declarations";

/** Outputs that a stand-in leaves out on purpose. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "random:index/randomPassword:RandomPassword": ["bcryptHash"],
};

const folderOf = (packageName: string): string => dirname(require.resolve(`${packageName}/package.json`));

/** Nothing is called while adapters are only made. */
function untouchable<T extends object>(): T {
  const refuse = (): never => assert.fail("an adapter was used while its tables were read");
  return new Proxy<T>(Object.create(null), { get: refuse });
}

function standIns(): readonly { readonly adapter: ProviderAdapter; readonly sdk: SdkDeclarations }[] {
  const helper = untouchable<TalosHelper>();
  const facts = { proxmox: [], network: { nodes: "127.10.0.0/24", taken: [] }, imageFactory: "https://factory.example.com" };
  const world = World.open({ facts, helper, kubernetes: untouchable<KubernetesRuntime>(), scale: 0, sockets: "off" });
  const account = new CloudflareWorld({ accountId: "a", zones: {} }, world);
  return [
    { adapter: randomProvider(), sdk: new SdkDeclarations(folderOf("@pulumi/random")) },
    { adapter: cloudflareProvider(account), sdk: new SdkDeclarations(folderOf("@pulumi/cloudflare")) },
    { adapter: proxmoxveProvider(world), sdk: new SdkDeclarations(folderOf("@muhlba91/pulumi-proxmoxve")) },
    { adapter: keycloakProvider(), sdk: new SdkDeclarations(folderOf("@pulumi/keycloak")) },
    { adapter: talosProvider(world, helper), sdk: new SdkDeclarations(join(folderOf("@pulumiverse/talos")), "kebab") },
  ];
}

for (const { adapter, sdk } of standIns()) {
  describe(`the property tables of the ${adapter.name} stand-in`, function () {
    // Seconds on a machine that is busy.
    this.timeout(30_000);

    it("say of the provider what its SDK says", () => {
      assert.deepEqual(differences(adapter.configInputs.properties, sdk.provider()), []);
    });

    for (const [token, { inputs: table }] of Object.entries(adapter.resources)) {
      const name = token.split(":")[2] ?? token;
      const leftOut = LEFT_OUT[token] ?? [];

      it(`say of ${name}'s inputs what its SDK says`, () => {
        const { inputs } = sdk.resource(token);
        assert.ok(Object.keys(inputs).length > 0, "the SDK declares no inputs at all");
        assert.deepEqual(differences(table.properties, inputs), []);
      });

      it(`know ${name}'s outputs`, () => {
        const { outputs, secretOutputs } = sdk.resource(token);
        const known = [...Object.keys(table.properties), ...(table.computed ?? [])];
        assert.deepEqual(
          outputs.filter((output) => !known.includes(output) && !leftOut.includes(output)),
          [],
        );
        assert.deepEqual(
          [...(table.computed ?? []), ...(table.secretOutputs ?? [])].filter((output) => !outputs.includes(output)),
          [],
        );
        const echoed = Object.keys(table.properties);
        const unaccounted = secretOutputs.filter((output) => ![...echoed, ...(table.secretOutputs ?? []), ...leftOut].includes(output));
        assert.deepEqual(unaccounted, [], "the SDK marks these secret; an echoed input is as secret as it was given");
      });
    }

    for (const [token, { inputs: table }] of Object.entries(adapter.functions)) {
      it(`say of ${token.split(":")[1]} what its SDK says`, () => {
        assert.deepEqual(differences(table.properties, sdk.function(token).inputs), []);
      });
    }
  });
}

describe("holding a table against an SDK", () => {
  it("sees a missing, a surplus, a mistyped and a wrongly required input at any depth", () => {
    const declared = new SdkDeclarations(folderOf("@pulumi/cloudflare")).resource("cloudflare:index/dnsRecord:DnsRecord").inputs;
    const { comment: _comment, ...rest } = declared;
    const settings = { type: { kind: "object", properties: { flattenCname: text, ipv4Only: text } }, required: false } as const;
    assert.deepEqual(differences({ ...rest, content: required(text), surplus: text, settings }, declared), [
      "comment: missing in the table",
      "content: required in the table only",
      "settings.flattenCname: string in the table, boolean in the SDK",
      "settings.ipv4Only: string in the table, boolean in the SDK",
      "settings.ipv6Only: missing in the table",
      "surplus: unknown to the SDK",
    ]);
  });
});

function differences(table: Properties, declared: Properties, path = ""): readonly string[] {
  const names = [...new Set([...Object.keys(table), ...Object.keys(declared)])].sort();
  return names.flatMap((name) => {
    const [ours, theirs] = [table[name], declared[name]];
    const here = path === "" ? name : `${path}.${name}`;
    if (ours === undefined) return [`${here}: missing in the table`];
    if (theirs === undefined) return [`${here}: unknown to the SDK`];
    const requirement = ours.required === theirs.required ? [] : [`${here}: required in the ${ours.required ? "table" : "SDK"} only`];
    return [...requirement, ...typeDifferences(ours.type, theirs.type, here)];
  });
}

function typeDifferences(ours: PropertyType, theirs: PropertyType, path: string): readonly string[] {
  if ((ours.kind === "list" && theirs.kind === "list") || (ours.kind === "map" && theirs.kind === "map")) {
    return typeDifferences(ours.of, theirs.of, `${path}[*]`);
  }
  if (ours.kind === "object" && theirs.kind === "object") return differences(ours.properties, theirs.properties, path);
  return ours.kind === theirs.kind ? [] : [`${path}: ${ours.kind} in the table, ${theirs.kind} in the SDK`];
}
