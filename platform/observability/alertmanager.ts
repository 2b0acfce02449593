import type { IAlertmanagerConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1" with {
  "resolution-mode": "import",
};
import { z } from "zod";
import type { KubeObject } from "../kit/objects";
import type { AppSecret, SecretRequest } from "../kit/secrets";
import { typed } from "../kit/typed";

type Spec = NonNullable<IAlertmanagerConfig["spec"]>;
type Route = NonNullable<Spec["route"]>;
type Receiver = NonNullable<Spec["receivers"]>[number];
type InhibitRule = NonNullable<Spec["inhibitRules"]>[number];
type SecretKey = NonNullable<Receiver["discordConfigs"]>[number]["apiURL"];

/** Name of the AlertmanagerConfig, of Alertmanager's only configuration. */
export const ALERTMANAGER_CONFIG = "platform";

/** Secret with every credential of the receivers. */
const RECEIVERS_SECRET = "alertmanager-receivers";

/** Where alerts go. Several may be set: each gets every alert. */
export const receiversSchema = z.strictObject({
  /** A topic at ntfy; its name is the config secret `ntfy-topic`, since whoever knows it can read it. */
  ntfy: z
    .strictObject({
      /** ntfy server, 2.14 or newer: it must know the template `alertmanager`. */
      server: z
        .url({ protocol: /^https?$/ })
        .default("https://ntfy.sh")
        .describe("ntfy server, 2.14 or newer: it must know the template `alertmanager`"),
      /** `token`: the config secret `ntfy-token` is sent; `none`: anyone may publish. */
      login: z
        .enum(["none", "token"])
        .default("none")
        .describe("`token`: the config secret `ntfy-token` is sent; `none`: anyone may publish"),
    })
    .optional()
    .describe("A topic at ntfy; its name is the config secret `ntfy-topic`, since whoever knows it can read it"),
  /** A channel at Discord; its webhook's URL is the config secret `discord-webhook-url`. */
  discord: z.strictObject({}).optional().describe("A channel at Discord; its webhook's URL is the config secret `discord-webhook-url`"),
  /** A channel at Slack; the webhook's URL is the config secret `slack-webhook-url`. */
  slack: z
    .strictObject({
      /** Channel with its `#`; the webhook decides when it is left out. */
      channel: z.string().min(2).optional().describe("Channel with its `#`; the webhook decides when it is left out"),
    })
    .optional()
    .describe("A channel at Slack; the webhook's URL is the config secret `slack-webhook-url`"),
  /** E-mail by SMTP with STARTTLS; the password is the config secret `alert-smtp-password`. */
  email: z
    .strictObject({
      /** Who gets it. */
      to: z.email().describe("Who gets it"),
      /** Who it comes from. */
      from: z.email().describe("Who it comes from"),
      /** Host and port of the mail server. */
      smarthost: z
        .string()
        .regex(/^[^:\s]+:\d{1,5}$/, "must be host:port")
        .describe("Host and port of the mail server"),
      /** User at the mail server; without it nobody logs in. */
      username: z.string().min(1).optional().describe("User at the mail server; without it nobody logs in"),
    })
    .optional()
    .describe("E-mail by SMTP with STARTTLS; the password is the config secret `alert-smtp-password`"),
  /** Anything that takes Alertmanager's own JSON; the URL is the config secret `alert-webhook-url`. */
  webhook: z
    .strictObject({})
    .optional()
    .describe("Anything that takes Alertmanager's own JSON; the URL is the config secret `alert-webhook-url`"),
});

/** Receivers as the settings name them. */
export type Receivers = z.output<typeof receiversSchema>;

/** Minutes between two signs of life. */
export interface DeadManSwitch {
  readonly everyMinutes: number;
}

/** Whether anybody hears of an alert. */
export function hasReceiver(receivers: Receivers): boolean {
  return Object.values(receivers).some((receiver) => receiver !== undefined);
}

/** Which credential each key of the Secret is; only what the chosen receivers need. */
function credentials(receivers: Receivers, deadMan: DeadManSwitch | undefined): Readonly<Record<string, SecretRequest>> {
  const config = (secret: string): SecretRequest => ({ from: "config", secret });
  const { ntfy, discord, slack, email, webhook } = receivers;
  return {
    ...(ntfy === undefined
      ? {}
      : {
          "ntfy-url": {
            from: "joined",
            parts: [
              { from: "plain", value: `${ntfy.server.replace(/\/$/, "")}/` },
              config("ntfy-topic"),
              // Built into ntfy: title and text out of Alertmanager's JSON (docs.ntfy.sh/publish, message templating).
              { from: "plain", value: "?template=alertmanager" },
            ],
          },
          ...(ntfy.login === "token" ? { "ntfy-token": config("ntfy-token") } : {}),
        }),
    ...(discord === undefined ? {} : { "discord-url": config("discord-webhook-url") }),
    ...(slack === undefined ? {} : { "slack-url": config("slack-webhook-url") }),
    ...(email?.username === undefined ? {} : { "smtp-password": config("alert-smtp-password") }),
    ...(webhook === undefined ? {} : { "webhook-url": config("alert-webhook-url") }),
    ...(deadMan === undefined ? {} : { "dead-man-url": config("dead-man-url") }),
  };
}

/** The Secret that the receivers' credentials are read from; none while no receiver needs one. */
export function receiverSecrets(receivers: Receivers, deadMan: DeadManSwitch | undefined): readonly AppSecret[] {
  const data = credentials(receivers, deadMan);
  return Object.keys(data).length === 0 ? [] : [{ name: RECEIVERS_SECRET, data }];
}

const NOBODY = "nobody";
const PEOPLE = "people";
const DEAD_MAN = "dead-man";

/** Alertmanager's configuration. Credentials are named, never written: the operator reads them out of the Secret. */
export function alertmanagerConfig(receivers: Receivers, deadMan: DeadManSwitch | undefined): KubeObject {
  return typed<IAlertmanagerConfig>({
    apiVersion: "monitoring.coreos.com/v1alpha1",
    kind: "AlertmanagerConfig",
    metadata: { name: ALERTMANAGER_CONFIG },
    spec: {
      route: {
        receiver: hasReceiver(receivers) ? PEOPLE : NOBODY,
        groupBy: ["namespace", "alertname"],
        groupWait: "30s",
        groupInterval: "5m",
        repeatInterval: "12h",
        routes: [watchdogRoute(deadMan), { receiver: NOBODY, matchers: [equal("alertname", "InfoInhibitor")] }],
      },
      receivers: [{ name: NOBODY }, ...people(receivers), ...watcher(deadMan)],
      inhibitRules: [
        inhibit(equal("severity", "critical"), matching("severity", "warning|info"), ["namespace", "alertname"]),
        inhibit(equal("severity", "warning"), equal("severity", "info"), ["namespace", "alertname"]),
        // The chart's InfoInhibitor fires where nothing but information does.
        inhibit(equal("alertname", "InfoInhibitor"), equal("severity", "info"), ["namespace"]),
      ],
    },
  });
}

type Matcher = { readonly name: string; readonly value: string; readonly matchType: "=" | "=~" };

const equal = (name: string, value: string): Matcher => ({ name, value, matchType: "=" });
const matching = (name: string, value: string): Matcher => ({ name, value, matchType: "=~" });

function inhibit(source: Matcher, target: Matcher, labels: readonly string[]): InhibitRule {
  return { sourceMatch: [source], targetMatch: [target], equal: [...labels] };
}

/** Watchdog always fires: it is a sign of life for whoever waits for it, and nothing that people want to read. */
function watchdogRoute(deadMan: DeadManSwitch | undefined): Route {
  const matchers = [equal("alertname", "Watchdog")];
  if (deadMan === undefined) return { receiver: NOBODY, matchers };
  return { receiver: DEAD_MAN, matchers, groupWait: "0s", groupInterval: "1m", repeatInterval: `${deadMan.everyMinutes}m` };
}

const key = (name: string): SecretKey => ({ name: RECEIVERS_SECRET, key: name });

function people({ ntfy, discord, slack, email, webhook }: Receivers): readonly Receiver[] {
  const webhooks = [
    ...(ntfy === undefined
      ? []
      : [
          {
            urlSecret: key("ntfy-url"),
            sendResolved: true,
            ...(ntfy.login === "token" ? { httpConfig: { authorization: { type: "Bearer", credentials: key("ntfy-token") } } } : {}),
          },
        ]),
    ...(webhook === undefined ? [] : [{ urlSecret: key("webhook-url"), sendResolved: true }]),
  ];
  const receiver = {
    name: PEOPLE,
    ...(webhooks.length === 0 ? {} : { webhookConfigs: webhooks }),
    ...(discord === undefined ? {} : { discordConfigs: [{ apiURL: key("discord-url"), sendResolved: true }] }),
    ...(slack === undefined
      ? {}
      : {
          slackConfigs: [
            { apiURL: key("slack-url"), sendResolved: true, ...(slack.channel === undefined ? {} : { channel: slack.channel }) },
          ],
        }),
    ...(email === undefined ? {} : { emailConfigs: [emailConfig(email)] }),
  };
  return Object.keys(receiver).length === 1 ? [] : [receiver];
}

function emailConfig({ to, from, smarthost, username }: NonNullable<Receivers["email"]>): NonNullable<Receiver["emailConfigs"]>[number] {
  const login = username === undefined ? {} : { authUsername: username, authPassword: key("smtp-password") };
  return { to, from, smarthost, requireTLS: true, sendResolved: true, ...login };
}

function watcher(deadMan: DeadManSwitch | undefined): readonly Receiver[] {
  return deadMan === undefined ? [] : [{ name: DEAD_MAN, webhookConfigs: [{ urlSecret: key("dead-man-url"), sendResolved: false }] }];
}
