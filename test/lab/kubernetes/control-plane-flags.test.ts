import assert from "node:assert/strict";
import { parse } from "yaml";
import { apiServerNames } from "../../../lab/kubernetes/cluster-pki";
import { admissionConfig, encryptionConfig } from "../../../lab/kubernetes/control-plane-files";
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from "../../../lab/kubernetes/control-plane-flags";
import { mergeFlags, toArguments } from "../../../lab/kubernetes/flags";
import { serviceAddress } from "../../../lab/kubernetes/service-address";
import { machineFacts } from "./facts";

const PORTS = { etcdClient: 1, etcdPeer: 2, apiServer: 3, controllerManager: 4, scheduler: 5 };
const pki = (file: string): string => `/pki/${file}`;

describe("the flags of the lab's control plane", () => {
  it("are what Talos derives from the machine config", () => {
    const flags = apiServerFlags(machineFacts(), PORTS, pki);
    assert.equal(flags["service-account-issuer"], "https://127.10.0.10:6443");
    assert.equal(flags["api-audiences"], "https://127.10.0.10:6443");
    assert.equal(flags["authorization-mode"], "Node,RBAC");
    assert.equal(flags["enable-admission-plugins"], "NodeRestriction");
    assert.equal(flags["anonymous-auth"], "false");
    assert.equal(flags["encryption-provider-config"], "/pki/encryption-config.yaml");
    assert.equal(flags["requestheader-client-ca-file"], "/pki/k8sAggregator-ca.crt");
  });

  it("carry both families of a dual-stack cluster to every component", () => {
    const facts = machineFacts({ podSubnets: ["10.244.0.0/16", "fd00:10:244::/56"], serviceSubnets: ["10.96.0.0/12", "fd00:10:96::/112"] });
    assert.equal(apiServerFlags(facts, PORTS, pki)["service-cluster-ip-range"], "10.96.0.0/12,fd00:10:96::/112");
    assert.equal(controllerManagerFlags(facts, PORTS, pki)["cluster-cidr"], "10.244.0.0/16,fd00:10:244::/56");
    assert.equal(controllerManagerFlags(facts, PORTS, pki)["service-cluster-ip-range"], "10.96.0.0/12,fd00:10:96::/112");
  });

  it("take extra arguments, join the lists among them and keep what the lab cannot do without", () => {
    const apiServerExtraArgs = {
      "event-ttl": "2h",
      "enable-admission-plugins": "AlwaysPullImages",
      "disable-admission-plugins": "ServiceAccount",
      "advertise-address": "10.0.0.1",
      "bind-address": "0.0.0.0",
    };
    const flags = apiServerFlags(machineFacts({ apiServerExtraArgs }), PORTS, pki);
    assert.equal(flags["event-ttl"], "2h");
    assert.equal(flags["enable-admission-plugins"], "NodeRestriction,AlwaysPullImages");
    assert.equal(flags["disable-admission-plugins"], "ServiceAccount,MutatingAdmissionWebhook,ValidatingAdmissionWebhook");
    assert.equal(flags["bind-address"], "127.0.0.1");
    assert.match(flags["advertise-address"] ?? "", /^192\.0\.2\./);
  });

  it("refuse the extra arguments that Talos refuses", () => {
    const denied = { "etcd-servers": "https://10.0.0.1:2379" };
    assert.throws(() => apiServerFlags(machineFacts({ apiServerExtraArgs: denied }), PORTS, pki), /"etcd-servers" is not allowed/);
    const root = { "root-ca-file": "/tmp/ca" };
    assert.throws(() => controllerManagerFlags(machineFacts({ controllerManagerExtraArgs: root }), PORTS, pki), /"root-ca-file" is not allowed/);
    assert.throws(() => schedulerFlags(machineFacts({ schedulerExtraArgs: { config: "/x" } }), PORTS, pki), /"config" is not allowed/);
  });

  it("let etcd be tuned but not moved", () => {
    const flags = etcdFlags(machineFacts({ etcdExtraArgs: { "quota-backend-bytes": "8589934592", "data-dir": "/var" } }), PORTS, pki, "/lab/etcd");
    assert.equal(flags["quota-backend-bytes"], "8589934592");
    assert.equal(flags["data-dir"], "/lab/etcd");
    assert.equal(flags["client-cert-auth"], "true");
  });

  it("say a value once when it is given twice", () => {
    assert.deepEqual(mergeFlags({ a: "x,y" }, { a: "y,z" }, { additive: ["a"], denied: [] }), { a: "x,y,z" });
    assert.deepEqual(toArguments({ b: "2", a: "1" }), ["--a=1", "--b=2"]);
  });
});

describe("the files of the lab's control plane", () => {
  it("put secretbox before aescbc and reading in clear last", () => {
    const config: unknown = parse(encryptionConfig({ secretboxEncryptionSecret: "c2I=", aescbcEncryptionSecret: "YWVz" }));
    assert.deepEqual(Reflect.get(Object(config), "resources"), [
      {
        resources: ["secrets"],
        providers: [
          { secretbox: { keys: [{ name: "key2", secret: "c2I=" }] } },
          { aescbc: { keys: [{ name: "key1", secret: "YWVz" }] } },
          { identity: {} },
        ],
      },
    ]);
  });

  it("hand the machine config's admission plugins on as they are", () => {
    const configuration = { kind: "PodSecurityConfiguration", defaults: { enforce: "baseline" } };
    const config: unknown = parse(admissionConfig({ admissionControl: [{ name: "PodSecurity", configuration }] }));
    assert.deepEqual(Reflect.get(Object(config), "plugins"), [{ name: "PodSecurity", configuration }]);
  });
});

describe("the API server's certificate", () => {
  it("is for the endpoint, the SANs, the VIP, every control plane, the first service address and the cluster's names", () => {
    const facts = machineFacts({ endpoint: "https://k8s.home.arpa:6443", apiServerCertSans: ["api.home.arpa", "127.10.0.99"], serviceSubnets: ["10.96.0.0/12", "fd00::/112"] });
    const { dnsNames, ips } = apiServerNames(facts, ["127.10.0.11", "127.10.0.12"]);
    for (const name of ["k8s.home.arpa", "api.home.arpa", "kubernetes.default.svc.cluster.local", "localhost"]) assert.ok(dnsNames.includes(name), name);
    for (const ip of ["127.10.0.10", "127.10.0.11", "127.10.0.12", "127.10.0.99", "10.96.0.1", "fd00::1", "127.0.0.1"]) assert.ok(ips.includes(ip), ip);
    assert.equal(new Set(ips).size, ips.length);
  });
});

describe("a service address", () => {
  it("is counted from the network's own, over byte borders", () => {
    assert.equal(serviceAddress("10.96.0.0/12", 10), "10.96.0.10");
    assert.equal(serviceAddress("10.96.0.250/24", 10), "10.96.1.4");
    assert.equal(serviceAddress("fd00:10:96::/112", 10), "fd00:10:96::a");
  });
});
