// Loads stacks/tenant/index.ts as Pulumi's Node language host does: in the project's folder, with its tsconfig.json and
// the ts-node that ships in @pulumi/pulumi, not type-checked since that file says so. Plain JavaScript, since it stands
// for the host, which comes before any loader.
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");
const folder = resolve(__dirname, "../../../stacks/tenant");
process.chdir(folder);
const [, main] = /^main: (.*)$/m.exec(readFileSync("Pulumi.yaml", "utf8"));
const tsutils = require("@pulumi/pulumi/tsutils");
const { tsnodeRequire, typescriptRequire } = tsutils.typeScriptRequireStrings();
const transpileOnly = tsutils.loadTypeScriptCompilerOptions("tsconfig.json").noCheck;
require(require.resolve(tsnodeRequire, { paths: [require.resolve("@pulumi/pulumi")] })).register({
  compiler: typescriptRequire,
  transpileOnly,
  project: "tsconfig.json",
  skipProject: false,
  compilerOptions: {},
});
const { prepare } = require("./program-under-mocks.ts");
async function run() {
  const registered = prepare();
  const program = require(join(folder, main));
  await program();
  await require("@pulumi/pulumi").runtime.disconnect();
  const namespaces = registered.filter(({ type }) => type === "kubernetes:core/v1:Namespace").map(({ name }) => name);
  console.log(JSON.stringify({ exported: typeof program, transpileOnly, namespaces: namespaces.sort() }));
}
run().catch((error) => {
  console.error(error);
  process.exit(1);
});
