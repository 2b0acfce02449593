// Loads stacks/identity/index.ts as Pulumi's Node language host does: from the project's folder, with the tsconfig.json that
// lies there, and with the ts-node that ships in @pulumi/pulumi. Plain JavaScript, since the host comes before any loader.
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");
const folder = resolve(__dirname, "../../../stacks/identity");
process.chdir(folder);
const tsutils = require("@pulumi/pulumi/tsutils");
const { tsnodeRequire, typescriptRequire } = tsutils.typeScriptRequireStrings();
const options = tsutils.loadTypeScriptCompilerOptions("tsconfig.json");
require(require.resolve(tsnodeRequire, { paths: [require.resolve("@pulumi/pulumi")] })).register({
  compiler: typescriptRequire,
  transpileOnly: options.noCheck,
  project: "tsconfig.json",
  skipProject: false,
  compilerOptions: { target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true", ...options },
});
const main = /^main: (.+)$/m.exec(readFileSync("Pulumi.yaml", "utf8"));
console.log(JSON.stringify({ exported: typeof require(join(folder, main[1])), typeChecked: options.noCheck !== true }));
