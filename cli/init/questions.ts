import { DEFAULTS } from "../../config/defaults";
import type { Problem } from "../../config/problem";
import { resolveSettings } from "../../config/resolve";
import { lastBlock, listOf, nodeAddress, nodeNames, rawFrom, type Answers } from "./answers";
import { insideCluster } from "./outside";

/** One question. Its answer is a text; a choice's is the value chosen. */
export interface Question {
  /** Key of the answer. */
  readonly id: string;
  readonly message: string;
  readonly choices?: readonly { readonly value: string; readonly name: string }[];
  /** Offered answer. */
  readonly offer?: string;
  /** Whether `none` is an answer too; it counts as nothing. */
  readonly mayBeEmpty?: true;
  /** The answer is the path of a file whose content counts. */
  readonly isFile?: true;
  /** What is wrong with an answer besides what the settings' rules say. */
  readonly judge?: (answer: string) => string | undefined;
}

const YES_NO = [
  { value: "yes", name: "yes" },
  { value: "no", name: "no" },
];

function basics(answers: Answers): readonly Question[] {
  const stackForm = (answer: string): string | undefined =>
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(answer) ? undefined : "use lower-case letters, digits and dashes";
  return [
    { id: "stack", message: "Name of the stack", offer: "home", judge: stackForm },
    { id: "name", message: "Name of the cluster (never changes)", offer: answers["stack"] },
    { id: "domains", message: "Domains that it serves, the primary one first (comma-separated)" },
  ];
}

function networking(answers: Answers): readonly Question[] {
  const bgp: readonly Question[] = [
    { id: "routerAddress", message: "Address of the BGP router", offer: answers["gateway"] },
    { id: "routerAsn", message: "The router's AS number", offer: "64512" },
    { id: "nodeAsn", message: "The nodes' AS number", offer: "64513" },
  ];
  return [
    { id: "nodes", message: "Network of the nodes, such as 192.168.10.0/24" },
    { id: "gateway", message: "The nodes' router", offer: nodeAddress(answers, 1) },
    { id: "dnsServers", message: "Resolvers (comma-separated)", offer: DEFAULTS.dnsServers.join(",") },
    { id: "vip", message: "Virtual address of the Kubernetes API (or: none)", offer: nodeAddress(answers, 10), mayBeEmpty: true },
    {
      id: "announce",
      message: "How do addresses of services become reachable?",
      choices: [
        { value: "l2", name: "by layer 2, from a part of the node network" },
        { value: "bgp", name: "by BGP, from a network of their own" },
      ],
    },
    ...(answers["announce"] === "bgp" ? bgp : []),
    {
      id: "pool",
      message: "Network for services of type LoadBalancer (keep DHCP out of it)",
      offer: answers["announce"] === "bgp" ? undefined : lastBlock(answers),
    },
  ];
}

function hardware(answers: Answers): readonly Question[] {
  const trust: Readonly<Record<string, readonly Question[]>> = {
    ca: [{ id: "tlsCa", message: "File with the CA (a fresh Proxmox has it in /etc/pve/pve-root-ca.pem)", isFile: true }],
    insecure: [{ id: "tlsReason", message: "Why can nobody be in between?" }],
  };
  return [
    { id: "proxmox", message: "A name for your Proxmox cluster or host", offer: "home" },
    { id: "proxmoxEndpoint", message: "URL of its API, such as https://pve1.example.com:8006/" },
    {
      id: "tls",
      message: "How is its certificate trusted?",
      choices: [
        { value: "system", name: "by this machine's roots" },
        { value: "ca", name: "by a CA of my own" },
        { value: "insecure", name: "not at all" },
      ],
    },
    ...(trust[answers["tls"] ?? ""] ?? []),
    { id: "hosts", message: "Names of its hosts, as Proxmox shows them (comma-separated)" },
    ...listOf(answers["hosts"]).flatMap((host) => [
      { id: `cores ${host}`, message: `${host}: threads`, offer: "16" },
      { id: `memory ${host}`, message: `${host}: memory in GiB`, offer: "64" },
    ]),
    { id: "imageDatastore", message: "Datastore for images (with content type import)", offer: DEFAULTS.imageDatastore },
    { id: "diskDatastore", message: "Datastore for disks", offer: DEFAULTS.diskDatastore },
  ];
}

function machines(answers: Answers): readonly Question[] {
  const hosts = listOf(answers["hosts"]);
  const needsName = answers["controlPlanes"] !== "1" && answers["vip"] === "";
  return [
    { id: "controlPlanes", message: "How many control planes?", choices: ["1", "3", "5"].map((value) => ({ value, name: value })) },
    ...(needsName ? [{ id: "endpoint", message: "DNS name that points at every control plane (there is no VIP)" }] : []),
    {
      id: "workers",
      message: "How many workers?",
      offer: "0",
      judge: (answer: string) => (/^\d{1,2}$/.test(answer) ? undefined : "write a number"),
    },
    ...nodeNames(answers).flatMap(({ name, role }, index) => [
      {
        id: `host ${name}`,
        message: `${name}: on which host?`,
        choices: hosts.map((host) => ({ value: host, name: host })),
        offer: hosts[index % Math.max(1, hosts.length)],
      },
      {
        id: `address ${name}`,
        message: `${name}: address`,
        offer: nodeAddress(answers, Number(name.split("-").at(-1)) + (role === "worker" ? 20 : 10)),
      },
    ]),
  ];
}

function services(answers: Answers): readonly Question[] {
  const overSsh = (answers["gitUrl"] ?? "").startsWith("ssh:");
  const kinds = overSsh
    ? [{ value: "deployKey", name: "a deploy key" }]
    : [
        { value: "token", name: "an access token" },
        { value: "public", name: "nothing: the repository is public" },
      ];
  const edge: readonly Question[] = [
    { id: "accountId", message: "Cloudflare account id" },
    ...listOf(answers["domains"]).map((domain) => ({ id: `zone ${domain}`, message: `Cloudflare zone id of ${domain}` })),
  ];
  return [
    { id: "edge", message: "Serve the domains through a Cloudflare tunnel?", choices: YES_NO },
    ...(answers["edge"] === "yes" ? edge : []),
    { id: "gitUrl", message: "Git repository that Flux will sync, https://... or ssh://git@..." },
    { id: "gitCredentials", message: "How does Flux log in?", choices: kinds },
    ...(answers["gitCredentials"] === "deployKey"
      ? [{ id: "knownHosts", message: "The server's known_hosts lines (ssh-keyscan prints them)" }]
      : []),
  ];
}

/** An answer that must not lead into the cluster, and a second thought where it might. */
function outside(question: Question, answers: Answers, what: string): readonly Question[] {
  const judge = (answer: string): string | undefined =>
    !/^[a-z][a-z0-9+]*:\/\/\S+$|^(?:passphrase|default)$/.test(answer)
      ? "write a URL as Pulumi takes it"
      : insideCluster(answer, answers) === "surely"
        ? `that is served by this very cluster: ${what} would be gone when it is needed`
        : undefined;
  const doubtful = insideCluster(answers[question.id] ?? "", answers) === "maybe";
  const sure = {
    id: `${question.id} sure`,
    message: `That name is under a domain of this cluster. Does it answer when the cluster is gone?`,
    choices: YES_NO,
    judge: (answer: string) => (answer === "yes" ? undefined : `choose another place for ${what}: start again`),
  };
  return [{ ...question, judge }, ...(doubtful ? [sure] : [])];
}

function safekeeping(answers: Answers): readonly Question[] {
  return [
    ...outside(
      {
        id: "backend",
        message: "Where does Pulumi keep its state? (file://~?metadata=skip, s3://bucket, https://api.pulumi.com, ...)",
        // Without it an engine that is killed can leave a stack that no command opens: see `fileBackend` of the lab.
        offer: "file://~?metadata=skip",
      },
      answers,
      "the state",
    ),
    ...outside(
      {
        id: "secretsProvider",
        message: "What encrypts secrets? (passphrase, awskms://..., gcpkms://..., azurekeyvault://..., hashivault://...)",
        offer: "passphrase",
      },
      answers,
      "the key",
    ),
    { id: "escrow", message: "Public age key for the escrow of machine secrets, age1... (or: none, for now)", mayBeEmpty: true },
  ];
}

/** Every question that the answers so far lead to, in order. */
export function questions(answers: Answers): readonly Question[] {
  return [
    ...basics(answers),
    ...networking(answers),
    ...hardware(answers),
    ...machines(answers),
    ...services(answers),
    ...safekeeping(answers),
  ];
}

/** The first question without an answer; undefined when all is said. */
export function nextQuestion(answers: Answers): Question | undefined {
  return questions(answers).find(({ id }) => answers[id] === undefined);
}

/** Rules that only whole settings can keep. */
const LATER = new Set([
  "bgp.complete",
  "shape.required",
  "secrets.required",
  "nodes.control-planes-odd",
  "cluster.endpoint",
  "cloudflare.zones",
  "git.credentials",
]);

function problemsOf(answers: Answers): readonly Problem[] {
  const { problems } = resolveSettings(rawFrom(answers), { stack: answers["stack"] ?? "home", secrets: "optional" });
  return problems.filter(({ rule }) => !LATER.has(rule));
}

/** What is wrong with an answer, by the settings' own rules; undefined when nothing is. */
export function judge(question: Question, answer: string, answers: Answers): string | undefined {
  if (answer.trim() === "") return question.mayBeEmpty === true ? undefined : "an answer is needed";
  if (question.choices !== undefined && !question.choices.some(({ value }) => value === answer))
    return `choose one of ${question.choices.map(({ value }) => value).join(", ")}`;
  const own = question.judge?.(answer);
  if (own !== undefined) return own;
  const before = new Set(problemsOf(answers).map(({ rule, path }) => `${rule} ${path}`));
  const fresh = problemsOf({ ...answers, [question.id]: answer }).filter(({ rule, path }) => !before.has(`${rule} ${path}`));
  return fresh.length === 0 ? undefined : fresh.map(({ message, fix }) => `${message}: ${fix}`).join("; ");
}
