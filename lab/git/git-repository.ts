import { existsSync, mkdirSync } from "node:fs";
import { git } from "./git-command";

/** A bare repository whose commits are made from trees in memory; no work tree, no checkout. */
export class GitRepository {
  readonly path: string;
  readonly branch: string;

  private constructor(path: string, branch: string) {
    this.path = path;
    this.branch = branch;
  }

  /** Opens the repository, making it when it is not there. */
  static async open(path: string, branch = "main"): Promise<GitRepository> {
    if (!existsSync(`${path}/HEAD`)) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      await git(path, ["init", "--quiet", "--bare", `--initial-branch=${branch}`]);
      await git(path, ["config", "http.receivepack", "true"]);
    }
    return new GitRepository(path, branch);
  }

  /** Commit at the head of the branch; undefined while there is none. */
  async head(): Promise<string | undefined> {
    return git(this.path, ["rev-parse", "--verify", "--quiet", `refs/heads/${this.branch}`]).catch(() => undefined);
  }

  /**
   * Makes a commit whose tree is exactly `tree` (path -> content) on top of the branch.
   * @returns the commit; the head as it is when its tree is the same already. @throws Error for a path that git would not take.
   */
  async commit(tree: ReadonlyMap<string, string | Buffer>, message: string): Promise<string> {
    const head = await this.head();
    const staging = "refs/hearth/staging";
    await git(this.path, ["fast-import", "--quiet", "--force"], fastImport(staging, tree, message, head));
    const [commit, imported] = await Promise.all([
      git(this.path, ["rev-parse", staging]),
      git(this.path, ["rev-parse", `${staging}^{tree}`]),
    ]);
    if (head !== undefined && imported === (await git(this.path, ["rev-parse", `${head}^{tree}`]))) return head;
    await git(this.path, ["update-ref", `refs/heads/${this.branch}`, commit, head ?? ""]);
    return commit;
  }
}

function fastImport(ref: string, tree: ReadonlyMap<string, string | Buffer>, message: string, parent: string | undefined): Buffer {
  const seconds = Math.floor(Date.now() / 1_000);
  const parts: Buffer[] = [];
  const write = (text: string): number => parts.push(Buffer.from(text));
  const data = (content: Buffer): void => {
    write(`data ${content.length}\n`);
    parts.push(content);
    write("\n");
  };
  write(`commit ${ref}\ncommitter hearth <hearth@lab.invalid> ${seconds} +0000\n`);
  data(Buffer.from(message));
  if (parent !== undefined) write(`from ${parent}\n`);
  write("deleteall\n");
  for (const [path, content] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) {
    write(`M 100644 inline ${quote(path)}\n`);
    data(Buffer.from(content));
  }
  write("done\n");
  return Buffer.concat(parts);
}

function quote(path: string): string {
  if (path.startsWith("/") || path.split("/").some((part) => part === "" || part === "." || part === ".." || part === ".git")) {
    throw new Error(`${path} is not a path inside a repository`);
  }
  return `"${path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}
