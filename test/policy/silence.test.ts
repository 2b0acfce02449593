import { AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import assert from "node:assert/strict";
import { type Answer, quick } from "../../policy/silence";

/** A method that says nothing, or that a resource is loud, and counts how often it is asked; `quiet` stands for the rules. */
function counted(quiet: (name: string) => boolean) {
  const asked: string[] = [];
  const text = {
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    path: "",
    requestStream: false,
    responseStream: false,
  };
  const definition = { ...text, responseSerialize: (said: string) => Buffer.from(said), responseDeserialize: String };
  const handle = ({ request }: { readonly request: Buffer }, answer: Answer<string>): void => {
    const name = AnalyzeRequest.deserializeBinary(request).getName();
    asked.push(name);
    if (name === "broken") answer(new Error("broken"));
    else answer(null, name.startsWith("loud") ? `${name} is loud` : "");
  };
  const noted: string[] = [];
  const method = quick(
    { definition, handle },
    { asked: ({ name }) => noted.push(name), isQuiet: ({ name }) => quiet(name), isSilent: (said) => said === "" },
  );
  const ask = (type: string, name: string): string => {
    let got = "no answer";
    const request = Buffer.from(new AnalyzeRequest().setType(type).setName(name).serializeBinary());
    method.handle({ request }, (error, response) => {
      got = error instanceof Error ? error.message : method.definition.responseSerialize(response ?? "").toString();
    });
    return got;
  };
  return { ask, asked, noted, forget: method.forget };
}

const byName = (name: string): boolean => !name.startsWith("loud");

describe("answers of which nothing is to be said", () => {
  it("come from the method for the first resource of a type alone", () => {
    const { ask, asked, noted } = counted(byName);
    assert.deepEqual([ask("a", "1"), ask("a", "2"), ask("b", "3"), ask("b", "4")], ["", "", "", ""]);
    assert.deepEqual(asked, ["1", "3"]);
    assert.deepEqual(noted, ["1", "2", "3", "4"]);
  });

  it("are never given where a rule has something to say, or fails", () => {
    const { ask, asked } = counted((name) => {
      if (name === "broken") throw new Error("the rule's own words are the method's to give");
      return byName(name);
    });
    assert.deepEqual(
      [ask("a", "loud-1"), ask("a", "1"), ask("a", "loud-2"), ask("a", "broken"), ask("a", "2")],
      ["loud-1 is loud", "", "loud-2 is loud", "broken", ""],
    );
    assert.deepEqual(asked, ["loud-1", "1", "loud-2", "broken"]);
  });

  it("are asked for anew once levels of rules have changed", () => {
    const { ask, asked, forget } = counted(byName);
    ask("a", "1");
    forget();
    ask("a", "2");
    assert.deepEqual(asked, ["1", "2"]);
  });
});
