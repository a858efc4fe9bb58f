import type { Plan, WorkspaceView } from "../index.ts";

export interface MemoryWorkspace {
  readonly files: Map<string, string>;
  readonly view: WorkspaceView;
  /** Carries a plan out; throws when it was refused. */
  apply(plan: Plan): Plan;
}

/** A workspace in memory: plans and hosts are tested apart. */
export function memoryWorkspace(start: Readonly<Record<string, string>> = {}): MemoryWorkspace {
  const files = new Map(Object.entries(start));
  return {
    files,
    view: {
      read: (path) => files.get(path),
      list: (path) => {
        const names = new Set<string>();
        const prefix = path === "" ? "" : `${path}/`;
        for (const file of files.keys()) if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split("/")[0]!);
        return [...names].sort();
      },
    },
    apply(plan) {
      const error = plan.diagnostics.find((d) => d.severity === "error");
      if (error) throw new Error(`${error.code}: ${error.message}`);
      for (const action of plan.actions) {
        if (action.content === null) files.delete(action.path);
        else files.set(action.path, action.content);
      }
      return plan;
    },
  };
}
