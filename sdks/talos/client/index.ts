// Generated from schema.json by generate.ts. Change those, never this file.
export * from "./get-configuration";
