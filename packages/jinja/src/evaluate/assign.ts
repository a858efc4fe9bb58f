import { unpack } from "../runtime/access.ts";
import { iterate } from "../runtime/iterate.ts";
import { PythonError } from "../runtime/python-error.ts";
import type { TargetNode } from "../syntax/nodes.ts";
import { HostObject } from "../values/value.ts";
import type { Value } from "../values/value.ts";
import type { Frame } from "./frame.ts";
import { compileName, compileStore } from "./names.ts";
import type { StaticScope } from "./scope.ts";

/** Compiles the left side of an assignment. */
export function compileTarget(target: TargetNode, scope: StaticScope): (frame: Frame, value: Value) => void {
  if (target.typename === "Symbol") return compileStore(target.value, scope);
  if (target.typename === "NamespaceRef") {
    const holder = compileName(target.name.value, scope);
    return (frame, value) => {
      const namespace = holder(frame);
      frame.state.node = target;
      if (!(namespace instanceof HostObject) || !namespace.protocol.setAttribute)
        throw new PythonError("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
      namespace.protocol.setAttribute(target.attribute, value);
    };
  }
  const parts = target.children.map((child) => compileTarget(child as TargetNode, scope));
  return (frame, value) => {
    frame.state.node = target;
    const values = unpack(value, iterate(value), parts.length);
    for (const [index, part] of parts.entries()) part(frame, values[index] as Value);
  };
}
