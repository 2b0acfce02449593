import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", ".lab/", "kubernetes/", "sdks/talos/**/!(utilities).ts", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }], // `export =` is imported so
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true, allowTypedFunctionExpressions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["error", 400],
      eqeqeq: "error",
      "no-console": "off",
    },
  },
  {
    // They come before any loader: what stands for Pulumi's language host, and the start of the policy pack.
    files: ["test/**/load-with-pulumi.js", "policy/index.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { require: "readonly", process: "readonly", console: "readonly", __dirname: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["test/**", "bench/**"],
    rules: { "@typescript-eslint/explicit-function-return-type": "off", "@typescript-eslint/no-unused-expressions": "off" },
  },
);
