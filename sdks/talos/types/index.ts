// Generated from schema.json by generate.ts. Change those, never this file.
import * as input from "./input";
import * as output from "./output";

export { input, output };
