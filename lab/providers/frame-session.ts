/** What the frame keeps between calls: the configuration of each provider instance, and what is in flight. */
import { status } from "@grpc/grpc-js";
import { AdapterError, type Inputs } from "./adapter";

/** How many connections' configurations are kept; an engine run has one per provider instance. */
const KEPT_CONNECTIONS = 256;

/**
 * State of one provider's server. In attach mode one server answers for every explicit instance of the provider, each on a
 * connection of its own, so the peer's address tells whose configuration counts.
 */
export class FrameSession {
  private readonly configs = new Map<string, Inputs>();
  private readonly inFlight = new Map<AbortController, string>();

  /** Remembers an instance's configuration. The oldest of very many is forgotten. */
  configure(peer: string, config: Inputs): void {
    this.configs.delete(peer);
    this.configs.set(peer, config);
    const oldest = this.configs.keys().next();
    if (this.configs.size > KEPT_CONNECTIONS && oldest.done !== true) this.configs.delete(oldest.value);
  }

  /** The configuration of the instance at this peer. Throws when it was never configured. */
  config(peer: string): Inputs {
    const config = this.configs.get(peer);
    if (config === undefined)
      throw new AdapterError("this provider instance was not configured on this connection", status.FAILED_PRECONDITION);
    return config;
  }

  /** A controller that `cancel` aborts; give it back with `end`. */
  begin(peer: string): AbortController {
    const controller = new AbortController();
    this.inFlight.set(controller, peer);
    return controller;
  }

  /** The call is over. */
  end(controller: AbortController): void {
    this.inFlight.delete(controller);
  }

  /** Aborts what is in flight for one peer, or for all when none is given. */
  cancel(reason: string, peer?: string): void {
    const concerned = [...this.inFlight].filter(([, owner]) => peer === undefined || owner === peer);
    concerned.forEach(([controller]) => controller.abort(new AdapterError(reason, status.CANCELLED)));
  }
}
