import {
  AnalyzeRequest,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import assert from "node:assert/strict";
import fc from "fast-check";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../policy/resource";
import { resourceIn, resourcesIn } from "../../policy/wire";

const URN = "urn:pulumi:fixtures::hearth::a:b/c:C::näme";

/** Fills in a request as the engine does; the encoder is the one that Pulumi's SDK brings. */
function filled<Message extends AnalyzeRequest | AnalyzerResource>(message: Message, props: Readonly<Record<string, unknown>>): Message {
  message.setType("a:b/c:C");
  message.setName("näme");
  message.setUrn(URN);
  message.setProperties(Struct.fromJavaScript(props as Record<string, JavaScriptValue>));
  return message;
}

const bytesOf = (message: { serializeBinary(): Uint8Array }): Buffer => Buffer.from(message.serializeBinary());

describe("the reader of the engine's requests", () => {
  it("reads type, name, URN, options and the provider's name", () => {
    const request = filled(new AnalyzeRequest(), { size: 3 });
    const options = new AnalyzerResourceOptions();
    options.setProtect(true);
    options.setIgnorechangesList(["disks[0].importFrom", "talosVersion"]);
    options.setDeletebeforereplacedefined(true);
    options.setAliasesList(["before"]);
    options.setAdditionalsecretoutputsList(["key"]);
    options.setCustomtimeouts(new AnalyzerResourceOptions.CustomTimeouts().setCreate(1.5));
    options.setParent("parent");
    request.setOptions(options);
    request.setProvider(new AnalyzerProviderResource().setName("proxmox-home").setUrn("other").setProperties(new Struct()));
    assert.deepEqual(resourceIn(bytesOf(request)), {
      type: "a:b/c:C",
      name: "näme",
      urn: URN,
      props: { size: 3 },
      secrets: [],
      options: {
        protect: true,
        ignoreChanges: ["disks[0].importFrom", "talosVersion"],
        deleteBeforeReplace: false,
        additionalSecretOutputs: ["key"],
      },
      provider: "proxmox-home",
    });
  });

  it("takes what is left out for what protobuf says it is", () => {
    const nothing = {
      type: "",
      name: "",
      urn: "",
      props: {},
      secrets: [],
      options: { protect: false, ignoreChanges: [], additionalSecretOutputs: [] },
    };
    assert.deepEqual(resourceIn(Buffer.alloc(0)), nothing);
    assert.deepEqual(resourceIn(bytesOf(new AnalyzeRequest().setOptions(new AnalyzerResourceOptions()))), nothing);
  });

  it("reads any value that a property can have", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 })), (given) => {
        // Without -0, which JSON has not, and the one key that the encoder drops.
        const props: unknown = JSON.parse(JSON.stringify(given), (key, value: unknown) => (key === "__proto__" ? undefined : value));
        assert.deepEqual(resourceIn(bytesOf(filled(new AnalyzeRequest(), props as Record<string, unknown>))).props, props);
      }),
    );
  });

  it("lets no property hide by its name", () => {
    const sent = bytesOf(filled(new AnalyzeRequest(), { proto_xyz: { size: 3 } }))
      .toString("latin1")
      .replace("proto_xyz", "__proto__");
    assert.deepEqual(Object.entries(resourceIn(Buffer.from(sent, "latin1")).props), [["__proto__", { size: 3 }]]);
  });

  it("keeps apart what is secret and what is not known yet", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: { key: "x" } };
    const { props, secrets } = resourceIn(
      bytesOf(filled(new AnalyzeRequest(), { data: secret, id: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" })),
    );
    assert.deepEqual({ props, secrets }, { props: { data: { key: "x" }, id: UNKNOWN }, secrets: [["data"]] });
  });

  it("reads every resource of a stack, and passes over what it does not look at", () => {
    const resource = filled(new AnalyzerResource(), { size: 3 });
    resource.setParent("parent");
    resource.setDependenciesList(["one", "two"]);
    resource.getPropertydependenciesMap().set("size", new AnalyzerPropertyDependencies().setUrnsList(["one"]));
    const request = new AnalyzeStackRequest().setResourcesList([resource, filled(new AnalyzerResource(), {})]);
    assert.deepEqual(
      resourcesIn(bytesOf(request)).map(({ urn, props }) => ({ urn, props })),
      [
        { urn: URN, props: { size: 3 } },
        { urn: URN, props: {} },
      ],
    );
  });

  it("refuses a request that is cut short, or none", () => {
    const whole = bytesOf(filled(new AnalyzeRequest(), { size: 3, name: "text" }));
    assert.throws(() => resourceIn(whole.subarray(0, -1)), /cut short/);
    assert.throws(() => resourceIn(Buffer.from([0x0a, 0x80])), /cut short/);
    assert.throws(() => resourceIn(Buffer.from([0x0b])), /a field of kind 3/);
    assert.throws(() => resourceIn(Buffer.from([0x08, 0x01])), /a number where a text or a message belongs/);
  });
});
