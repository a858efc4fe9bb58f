import type { Diagnostic } from "@meshwork/diagnostics";

/** A finding with its places worked out: a value that can be kept, and that holds on to no file's text. */
export function plainDiagnostic(d: Diagnostic): Diagnostic {
  const { code, severity, message, product, path, span, help, related, fixes, details } = d;
  return {
    code,
    severity,
    message,
    ...(product === undefined ? {} : { product }),
    ...(path === undefined ? {} : { path }),
    ...(span === undefined ? {} : { span }),
    ...(help === undefined ? {} : { help }),
    ...(related === undefined ? {} : { related }),
    ...(fixes === undefined ? {} : { fixes }),
    ...(details === undefined ? {} : { details }),
  };
}
