"use strict";
// Plain JavaScript: Pulumi's own loader would put everything through the TypeScript compiler, which this leaves asleep.
process.chdir(__dirname); // @pulumi/policy reads the pack's version from here, wherever the engine starts it
require("@pulumi/policy"); // before tsx, which would look for what to translate in each of its hundreds of files
require("tsx/cjs");
require("./pack.ts").start(() => require("./context.ts"));
