// Loads index.ts as Pulumi's Node language host does: with the ts-node that ships in @pulumi/pulumi, not type-checked.
// Plain JavaScript, since it stands for the host, which comes before any loader.
const { join, resolve } = require("node:path");
const root = resolve(__dirname, "../..");
const tsutils = require("@pulumi/pulumi/tsutils");
const { tsnodeRequire, typescriptRequire } = tsutils.typeScriptRequireStrings();
require(require.resolve(tsnodeRequire, { paths: [require.resolve("@pulumi/pulumi")] })).register({
  compiler: typescriptRequire,
  transpileOnly: true,
  project: join(root, "tsconfig.json"),
  skipProject: false,
});
const { prepare, projectWithCharts, sectionsWithSecrets } = require("./under-mocks.ts");
async function main() {
  const registered = prepare(sectionsWithSecrets(join(root, "Pulumi.lab.yaml")), "lab");
  const program = require("../../index.ts");
  process.chdir(projectWithCharts());
  await program();
  await require("@pulumi/pulumi").runtime.disconnect();
  console.log(
    JSON.stringify({
      exported: typeof program,
      machines: registered.filter(({ type }) => type === "proxmoxve:index/vmLegacy:VmLegacy").length,
    }),
  );
}
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
