import { execFileSync } from "node:child_process";

/** Runs git in a scratch mesh, as somebody who has no settings of their own. */
export function git(root: string, ...args: string[]): string {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@scratch.example", "-c", "commit.gpgsign=false"];
  return execFileSync("git", ["-C", root, ...identity, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
  });
}

/** Makes the scratch mesh a repository whose `main` is what it is now. */
export function commitAll(root: string, message = "state"): string {
  git(root, "init", "-q", "-b", "main");
  git(root, "add", "-A");
  git(root, "commit", "-q", "-m", message);
  return root;
}
