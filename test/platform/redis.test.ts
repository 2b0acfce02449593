import assert from "node:assert/strict";
import type { IStatefulSet } from "kubernetes-models/apps/v1" with { "resolution-mode": "import" };
import type { Settings } from "../../config/settings";
import type { DeclaredApp } from "../../platform/kit/app";
import type { KubeObject } from "../../platform/kit/objects";
import type { SecretRequest } from "../../platform/kit/secrets";
import { declarePlatform, platformProblems } from "../../platform/plan";
import { renderTree } from "../../platform/render";
import { redisPassword } from "../../platform/redis/names";
import { settings } from "./settings";

type Options = Settings["platform"][string];

const given = (options: Options = {}) => settings({ platform: { redis: options } });

function declared(options: Options = {}): DeclaredApp {
  const found = declarePlatform(given(options)).apps.find(({ name }) => name === "redis");
  assert.ok(found !== undefined);
  return found;
}

function object(app: DeclaredApp, kind: string): KubeObject {
  const found = app.objects.find((each) => each.kind === kind);
  assert.ok(found !== undefined, kind);
  return found;
}

type Pod = NonNullable<NonNullable<IStatefulSet["spec"]>["template"]["spec"]>;

function podOf(app: DeclaredApp): Pod {
  const { spec } = object(app, "StatefulSet") as KubeObject & IStatefulSet; // the object was written with this type
  assert.ok(spec?.template.spec !== undefined);
  return spec.template.spec;
}

/** The server's arguments as flag -> values. */
function flags(app: DeclaredApp): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  let flag = "";
  for (const word of podOf(app).containers[0]?.command?.slice(2) ?? []) {
    if (word.startsWith("--")) found[(flag = word.slice(2))] = [];
    else found[flag]?.push(word);
  }
  return found;
}

/** The text of a request, with `<id>` for what is generated. */
function text(request: SecretRequest | undefined): string {
  if (request?.from === "joined") return request.parts.map(text).join("");
  if (request?.from === "plain") return request.value;
  return request?.from === "generated" ? `<${request.shared}>` : "?";
}

const usersFile = (app: DeclaredApp): string => text(app.secrets[0]?.data["users.conf"]);

describe("redis", () => {
  it("has a password for every user, generated, in no object of the tree, and the same text for whoever else asks for it", () => {
    const app = declared({ users: { sessions: { keys: ["sessions:*"] } } });
    const lines = usersFile(app).trim().split("\n");
    assert.deepEqual(
      lines.map((line) => /^user (\S+) on ><redis\/(\S+)> /.exec(line)?.slice(1)),
      [
        ["default", "default"],
        ["exporter", "exporter"],
        ["sessions", "sessions"],
      ],
    );
    assert.ok(lines.every((line) => !line.includes("nopass")));
    assert.deepEqual(app.secrets[0]?.data["default"], redisPassword("default"));
    assert.ok(!JSON.stringify(app.objects).includes("requirepass"));
  });

  it("gives a user its keys only, and nobody but the connection's own commands of those that are dangerous", () => {
    const [first, exporter, own] = usersFile(declared({ users: { a: { keys: ["a:*", "b:*"] } } })).split("\n");
    assert.match(own ?? "", /> resetkeys ~a:\* ~b:\* allchannels \+@all -@dangerous \+@connection \+info$/);
    assert.match(first ?? "", /> ~\* allchannels \+@all -@dangerous \+@connection \+info$/);
    assert.match(exporter ?? "", /> resetkeys resetchannels -@all /);
  });

  it("honours every option of the server", () => {
    const { maxmemory, "maxmemory-policy": policy } = flags(declared({ memoryMiB: 256, eviction: "allkeys-lfu" }));
    assert.deepEqual([maxmemory, policy], [["256mb"], ["allkeys-lfu"]]);
    const limit = podOf(declared({ memoryMiB: 256 })).containers[0]?.resources?.limits?.["memory"];
    assert.ok(Number.parseInt(String(limit)) > 512, "a rewrite of the log may double what is used");
    const claim = JSON.stringify(object(declared({ sizeGiB: 7 }), "PersistentVolumeClaim"));
    assert.match(claim, /"storage":"7Gi"/);
  });

  it("writes a log, snapshots or nothing, and has a volume only where it writes", () => {
    const shape = (persistence: string) => {
      const app = declared({ persistence });
      return [flags(app)["appendonly"], flags(app)["save"]?.length, app.objects.some(({ kind }) => kind === "PersistentVolumeClaim")];
    };
    assert.deepEqual(shape("aof"), [["yes"], 1, true]);
    assert.deepEqual(shape("snapshots"), [["no"], 6, true]);
    assert.deepEqual(shape("none"), [["no"], 1, false]);
    assert.deepEqual(flags(declared())["save"], [""]);
  });

  it("keeps its volume when it goes, unless it is told otherwise", () => {
    const kept = (data: string) => object(declared({ data }), "PersistentVolumeClaim").metadata.annotations;
    assert.deepEqual(kept("keep"), { "kustomize.toolkit.fluxcd.io/prune": "disabled" });
    assert.equal(kept("delete"), undefined);
  });

  it("never runs twice on one volume, and holds the restricted level in both containers", () => {
    const app = declared();
    const { spec } = object(app, "StatefulSet") as KubeObject & IStatefulSet; // the object was written with this type
    assert.equal(spec?.replicas, 1);
    const pod = podOf(app);
    assert.deepEqual([pod.securityContext?.runAsNonRoot, pod.automountServiceAccountToken], [true, false]);
    for (const { securityContext, resources, image } of pod.containers) {
      assert.deepEqual(
        [securityContext?.allowPrivilegeEscalation, securityContext?.readOnlyRootFilesystem, securityContext?.capabilities?.drop],
        [false, true, ["ALL"]],
      );
      assert.ok(resources?.limits?.["memory"] !== undefined && resources.requests?.["memory"] !== undefined);
      assert.match(image ?? "", /:v?\d+\.\d+\.\d+/);
    }
  });

  it("refuses a user of Redis' own, and patterns that would end the line or become a variable of Flux", () => {
    const rules = (users: Readonly<Record<string, { keys: string[] }>>) => platformProblems(given({ users })).map(({ path }) => path);
    assert.deepEqual(rules({ default: { keys: ["*"] } }), ["platform.redis.users.default"]);
    for (const pattern of ["a b", "a\nb", "${x}", "~a"]) assert.equal(rules({ a: { keys: [pattern] } }).length, 1, pattern);
    assert.deepEqual(rules({ a: { keys: ["a:*"] } }), []);
    assert.ok([...renderTree(given()).keys()].some((path) => path.endsWith("statefulset-redis.yaml")));
  });
});
