import js from "@eslint/js";
import globals from "globals";

// What Gradio puts beside a view's own script; tests/js/globals.d.ts has their types.
const beside = { element: "readonly", props: "writable", trigger: "readonly", watch: "readonly", server: "readonly" };

export default [
  { ignores: ["**/node_modules/", ".venv*/", "screenshots/"] },
  js.configs.recommended,
  {
    files: ["ui/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "script", globals: { ...globals.browser, ...beside } },
  },
  { files: ["tests/js/**/*.js", "*.config.js"], languageOptions: { globals: globals.node } },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "prefer-template": "error",
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
];
