import type { GatewayName } from "../kit/requests";
import { wildcardSecret } from "../names";

/** Certificate of a listener: Secrets in the Gateways' namespace. */
interface Terminate {
  readonly mode: "Terminate";
  readonly certificateRefs: readonly { readonly kind: "Secret"; readonly name: string }[];
}

/** A listener as Gateway API writes it. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS" | "TLS" | "TCP";
  readonly hostname?: string;
  readonly tls?: Terminate | { readonly mode: "Passthrough" };
  readonly allowedRoutes: {
    readonly namespaces: { readonly from: "Same" | "All" };
    readonly kinds?: readonly { readonly group: "gateway.networking.k8s.io"; readonly kind: string }[];
  };
}

/** Name of the listener that only redirects to HTTPS. */
export const REDIRECT_LISTENER = "http";

const ANYWHERE = { namespaces: { from: "All" } } as const;

/** Gateways beyond the two that are always there, each with the app that it is for. */
const OWNED = { auth: "keycloak", ai: "envoy-ai-gateway", mcp: "mcp-gateway" } as const;

/** The Gateways that there are while Envoy Gateway is on, in the order of their addresses. */
export function gatewaysOf(enabled: ReadonlySet<string>): readonly GatewayName[] {
  const owned = (["auth", "ai", "mcp"] as const).filter((name) => enabled.has(OWNED[name]));
  return ["external", "internal", ...owned];
}

/** Plain HTTP, for the redirect in the Gateways' own namespace and nothing else. */
export function redirectListener(): Listener {
  return { name: REDIRECT_LISTENER, port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "Same" } } };
}

/** HTTPS for a domain itself and for every name directly below it: the certificate covers both, a listener one each. */
export function domainListeners(domain: string): readonly Listener[] {
  const name = httpsName(domain);
  return [httpsListener(name, `*.${domain}`, domain), httpsListener(`${name}-apex`, domain, domain)];
}

/** Name of the listener for the names below a domain, or for one host. */
export function httpsName(domain: string): string {
  return `https-${domain.replaceAll(".", "-")}`;
}

/** HTTPS for one name, with the certificate of the domain that it is in. */
export function hostListener(host: string, domains: readonly string[]): Listener {
  return httpsListener(httpsName(host), host, domainOf(host, domains) ?? host);
}

/** TLS that is handed on as it is; the server behind it has the certificate. */
export function passthroughListener(name: string, hostname: string): Listener {
  return {
    name,
    port: 443,
    protocol: "TLS",
    hostname,
    tls: { mode: "Passthrough" },
    allowedRoutes: { ...ANYWHERE, kinds: kinds("TLSRoute") },
  };
}

/** A port that is handed on as it is. */
export function tcpListener(name: string, port: number): Listener {
  return { name, port, protocol: "TCP", allowedRoutes: { ...ANYWHERE, kinds: kinds("TCPRoute") } };
}

/** gRPC on a port of its own, for callers that cannot use 443; GRPCRoutes attach to it and to HTTPS alike. */
export function grpcListener(domain: string, port: number): Listener {
  const https = httpsListener(`grpc-${domain.replaceAll(".", "-")}`, `*.${domain}`, domain);
  return { ...https, port, allowedRoutes: { ...ANYWHERE, kinds: kinds("GRPCRoute") } };
}

/** The domain whose certificate covers a host: the domain itself, or one label above it. */
function domainOf(host: string, domains: readonly string[]): string | undefined {
  return domains.find((domain) => host === domain || host.slice(host.indexOf(".") + 1) === domain);
}

function httpsListener(name: string, hostname: string, domain: string): Listener {
  const certificateRefs = [{ kind: "Secret", name: wildcardSecret(domain) }] as const;
  return { name, port: 443, protocol: "HTTPS", hostname, tls: { mode: "Terminate", certificateRefs }, allowedRoutes: ANYWHERE };
}

function kinds(kind: string): readonly { readonly group: "gateway.networking.k8s.io"; readonly kind: string }[] {
  return [{ group: "gateway.networking.k8s.io", kind }];
}
