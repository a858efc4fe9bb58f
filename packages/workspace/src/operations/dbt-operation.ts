import { hasErrors, nearest } from "@meshwork/diagnostics";
import type { ConfigValue } from "@meshwork/models";
import { macroArguments, sessionAsk } from "@meshwork/models";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import { openPlaces } from "../dbt/open-places.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";

export interface OperationRunOptions extends DbtOptions {
  /** `macro` or `package.macro`. */
  readonly macro: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /** What the macro prints while it runs. */
  readonly onPrint?: ((text: string) => void) | undefined;
}

/** dbt's `run-operation`: calls a macro, with the engine at hand. What it prints is the result. */
export const runOperation = (options: OperationRunOptions): Promise<OperationResult<readonly string[]>> =>
  answering([], async () => {
    const opened = await openPlaces(options);
    const [place, ...others] = opened.places;
    if (place === undefined || others.length > 0)
      throw new Refusal(
        `A macro belongs to one project, and there are ${opened.places.length}.\nName it with --project-dir.`,
      );
    const { project } = place;
    const broken = project.diagnostics.filter((d) => d.severity === "error" && d.code !== "sql/needs-engine");
    if (broken.length > 0)
      return { exitCode: 1, diagnostics: opened.settle(broken), summary: { resources: 0 }, results: [] };
    const [first, second] = options.macro.split(".");
    const macro = second === undefined ? project.findMacro(first!) : project.findMacro(second, first);
    if (macro === undefined) {
      const known = [...project.macros.values()].map((m) =>
        m.package === project.name ? m.name : `${m.package}.${m.name}`,
      );
      const near = nearest(options.macro, known)[0];
      throw new Refusal(
        `There is no macro "${options.macro}".${near === undefined ? "" : ` Did you mean ${near}?`}\nMacros of packages are called package.macro.`,
      );
    }
    const connection = await place.connect(options.signal);
    try {
      const done = await project.evaluate(
        undefined,
        {
          call: { macro, kwargs: macroArguments((options.args ?? {}) as Readonly<Record<string, ConfigValue>>) },
          package: macro.info.package,
          place: macro.info.place,
        },
        sessionAsk(connection.session, options.signal),
      );
      const printed = done.logs.filter((l) => l.shown).map((l) => l.text);
      for (const text of printed) options.onPrint?.(text);
      const diagnostics = opened.settle(done.diagnostics);
      return { exitCode: hasErrors(diagnostics) ? 1 : 0, diagnostics, summary: { macros: 1 }, results: printed };
    } finally {
      await connection.close();
    }
  });
