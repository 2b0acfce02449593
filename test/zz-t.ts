import { loadStackFile, formatProblems, describeSettings, secretPaths } from "../config";
const t = Date.now();
const r = loadStackFile(process.argv[2] ?? "Pulumi.lab.yaml");
console.log(formatProblems(r.problems)); if (r.settings) console.log(describeSettings(r.settings)); console.log(secretPaths(r.raw), Date.now()-t);
