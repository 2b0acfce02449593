/** The program with one mistake put into it, to see the tests that guard against it turn red. */
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import * as talos from "@pulumiverse/talos";
import program = require("../../index");

type Program = typeof program;

/** Each resource by its type: the last one made. */
type Made = ReadonlyMap<string, pulumi.Resource>;

/** Programs that call the world in a preview: the mistake, the call that gives it away. */
export const CALLING_PROGRAMS: readonly { readonly mistake: string; readonly call: string; readonly program: Program }[] = [
  { mistake: "getHealth", call: "talos.health", program: andThen(health) },
  { mistake: "a look-up of the tunnel's token", call: "cloudflare.getTunnelToken", program: andThen(tokenLookUp) },
  { mistake: "a look-up of a zone", call: "cloudflare.getZone", program: andThen(zoneLookUp) },
  {
    mistake: "a staged apply",
    call: "talos.applyConfiguration.dryRun",
    program: withProps("talos:machine/configurationApply:ConfigurationApply", (props) => ({
      ...props,
      applyMode: "staged_if_needing_reboot",
    })),
  },
];

/** The program with the properties of every resource of a type changed. */
export function withProps(type: string, change: (props: pulumi.Inputs) => pulumi.Inputs): Program {
  return () => {
    pulumi.runtime.registerStackTransformation((args) => (args.type === type ? { props: change(args.props), opts: args.opts } : undefined));
    return program();
  };
}

function andThen(mistake: (made: Made) => Promise<unknown>): Program {
  return async () => {
    const made = new Map<string, pulumi.Resource>();
    pulumi.runtime.registerStackTransformation(({ type, resource }) => {
      made.set(type, resource);
      return undefined;
    });
    const outputs = await program();
    return { ...outputs, mistake: await mistake(made) };
  };
}

async function health(made: Made): Promise<unknown> {
  const secrets = the(made, "talos:machine/secrets:Secrets", talos.machine.Secrets);
  const applied = the(made, "talos:machine/configurationApply:ConfigurationApply", talos.machine.ConfigurationApply);
  const { clientConfiguration } = secrets;
  const nodes = [applied.node];
  const read = { timeouts: { read: "5s" }, skipKubernetesChecks: true };
  return talos.cluster.getHealthOutput(
    { clientConfiguration, endpoints: nodes, controlPlaneNodes: nodes, ...read },
    provided(made, "talos"),
  ).id;
}

async function tokenLookUp(made: Made): Promise<unknown> {
  const tunnel = the(made, "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared", cloudflare.ZeroTrustTunnelCloudflared);
  const { accountId, id: tunnelId } = tunnel;
  return cloudflare.getZeroTrustTunnelCloudflaredTokenOutput({ accountId, tunnelId }, provided(made, "cloudflare")).token;
}

async function zoneLookUp(made: Made): Promise<unknown> {
  const record = the(made, "cloudflare:index/dnsRecord:DnsRecord", cloudflare.DnsRecord);
  return cloudflare.getZoneOutput({ zoneId: record.zoneId }, provided(made, "cloudflare")).name;
}

function provided(made: Made, provider: string): pulumi.InvokeOutputOptions {
  const found = made.get(`pulumi:providers:${provider}`);
  return found instanceof pulumi.ProviderResource ? { provider: found } : {};
}

function the<T extends pulumi.Resource>(made: Made, type: string, constructor: new (...args: never[]) => T): T {
  const found = made.get(type);
  if (!(found instanceof constructor)) throw new Error(`the program makes no ${type}`);
  return found;
}
