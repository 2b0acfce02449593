import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { input, select } from "@inquirer/prompts";
import { SettingsError } from "../config/messages";
import { PROJECT } from "../config/schema";
import { secretPaths } from "../config/secret-fields";
import { readStackFile } from "../config/stack-file";
import { UserError } from "../config/user-error";
import { exitWith } from "./exit";
import { rawFrom, secretCommands, type Answers } from "./init/answers";
import { judge, nextQuestion, type Question } from "./init/questions";
import { stackFileFrom } from "./init/stack-text";

/** Puts a question to someone; `verdict` says what is wrong with an answer, and only one without is returned. */
export type Asker = (question: Question, verdict: (answer: string) => string | undefined) => Promise<string>;

/** Where the files are. */
export interface Files {
  exists(name: string): boolean;
  read(path: string): string;
  write(name: string, text: string): void;
}

/** Asks until everything is said. */
export async function askAll(ask: Asker, files: Files): Promise<Answers> {
  let answers: Answers = {};
  for (let question = nextQuestion(answers); question !== undefined; question = nextQuestion(answers)) {
    const { isFile, id } = question;
    const asked = question;
    const before = answers;
    const textOf = (answer: string): string =>
      isFile === true ? files.read(answer) : asked.mayBeEmpty === true && answer.trim() === "none" ? "" : answer.trim();
    const verdict = (answer: string): string | undefined => {
      if (id === "stack" && files.exists(`Pulumi.${answer}.yaml`)) return `Pulumi.${answer}.yaml is there already`;
      if (isFile === true && !files.exists(answer)) return "there is no such file";
      return judge(asked, textOf(answer), before);
    };
    answers = { ...answers, [id]: textOf(await ask(question, verdict)) };
  }
  return answers;
}

/** Text as one word of a shell: the query of a URL would be a pattern there, or end the command. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What to do after the stack file is written. */
export function nextSteps(answers: Answers): string {
  const { stack = "", backend = "", secretsProvider = "", escrow = "" } = answers;
  return [
    `Wrote Pulumi.${stack}.yaml. Next:`,
    `  pulumi login ${shellWord(backend)}`,
    `  pulumi stack init ${stack} --secrets-provider=${shellWord(secretsProvider)}`,
    ...secretCommands(secretPaths(rawFrom(answers)), PROJECT).map((command) => `  ${command}`),
    `  npm run check -- ${stack}`,
    `  npm run render -- ${stack}        # then commit and push kubernetes/${stack}`,
    "  pulumi up",
    ...(escrow === ""
      ? [`There is no recipient for the escrow yet: set ${PROJECT}:escrow before the cluster holds anything you need.`]
      : []),
    "",
  ].join("\n");
}

/**
 * Asks what has no default and writes a stack file. Nothing that is there is overwritten.
 * @throws SettingsError when the answers, taken together, are not good settings.
 */
export async function init(ask: Asker, files: Files): Promise<string> {
  const answers = await askAll(ask, files);
  const name = `Pulumi.${answers["stack"] ?? ""}.yaml`;
  const text = stackFileFrom(answers);
  const { problems } = readStackFile(text, { stack: answers["stack"] ?? "" });
  if (problems.length > 0) throw new SettingsError(problems, "What was answered");
  files.write(name, text);
  return nextSteps(answers);
}

/** Asks in a terminal. */
const askInTerminal: Asker = async ({ message, choices, offer }, verdict) => {
  if (choices === undefined) return input({ message, default: offer, validate: (answer) => verdict(answer) ?? true });
  for (;;) {
    const answer = await select({ message, choices: [...choices], default: offer });
    const wrong = verdict(answer);
    if (wrong === undefined) return answer;
    process.stdout.write(`  ${wrong}\n`);
  }
};

function filesIn(project: string): Files {
  return {
    exists: (name) => existsSync(join(project, name)) || existsSync(name),
    read: (path) => readFileSync(path, "utf8"),
    write: (name, text) => writeFileSync(join(project, name), text, { flag: "wx" }),
  };
}

async function main(): Promise<0> {
  if (!process.stdin.isTTY) throw new UserError("`npm run init` asks questions: run it in a terminal, or copy Pulumi.home.yaml.");
  try {
    process.stdout.write(await init(askInTerminal, filesIn(join(__dirname, ".."))));
  } catch (error) {
    // the prompt's own error for Ctrl-C
    if (error instanceof Error && error.name === "ExitPromptError") throw new UserError("Nothing was written.");
    throw error;
  }
  return 0;
}

if (require.main === module) void exitWith(main);
