import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { type ConsumerOptions, openConsumer } from "../../../lab/consumer";
import { labStackText, oneControlPlane, stackText, TestLab, testToolchain } from "../lab-harness";

/** A cluster of one node that stacks of other projects build on. */
export class ConsumerWorld {
  readonly lab = new TestLab("consumers", settingsText());

  /** Name of the cluster's stack in the lab's backend. */
  readonly cluster = "organization/hearth/consumers";

  /** Opens a stack of a project below `stacks/`; `providers` are stand-ins besides the lab's own, by name and port. */
  async open(
    options: Pick<ConsumerOptions, "project" | "stack" | "stackFile"> & {
      readonly program: PulumiFn;
      readonly providers?: Readonly<Record<string, number>>;
    },
  ): Promise<Stack> {
    const status = await this.lab.status();
    const providers = { ...status?.providers, ...options.providers };
    return openConsumer({ ...options, home: this.lab.home, toolchain: await testToolchain(), providers });
  }
}

function settingsText(): string {
  return stackText(oneControlPlane(labStackText(54)), [
    [["hearth:platform", "cert-manager"], { email: "admin@lab.example.com" }],
    [["hearth:platform", "envoy-gateway"], {}],
    [["hearth:platform", "keycloak"], { database: "embedded" }],
  ]);
}
