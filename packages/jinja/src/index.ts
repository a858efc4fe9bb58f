export type {
  BlockTag,
  Definition,
  DefinitionArgument,
  Expression,
  Parameter,
  ParseOptions,
  Template,
} from "./template.ts";
export type {
  Environment,
  EnvironmentOptions,
  Filter,
  Limits,
  Rendered,
  RenderOptions,
  Scope,
  Test,
  UndefinedBehaviour,
} from "./environment.ts";
export { JinjaError } from "./jinja-error.ts";
export type { CallFrame, JinjaErrorDetails, Opener, Place } from "./jinja-error.ts";
export { SourceMap } from "./source-map.ts";
export type { MappedCall, MappedPlace, MappedSource, SourceMapData } from "./source-map.ts";
export { LimitError, PythonError, ReturnSignal, UnknownNameError } from "./runtime/python-error.ts";
export { PyDict, PySet, tuple } from "./values/dict.ts";
export {
  Callable,
  HostObject,
  PyFloat,
  PyIterator,
  PyRange,
  PyTuple,
  PyView,
  Undefined,
  noKwargs,
  typeName,
} from "./values/value.ts";
export type { BinaryOperator, CallBody, HostProtocol, Kwargs, Value } from "./values/value.ts";
export { callValue, defineFunction, defineObject, fromPython, returnValue, toPython } from "./border.ts";
export type { ObjectDefinition } from "./border.ts";
export { createEnvironment } from "./create-environment.ts";
export { parseExpression, parseLiteral, parseTemplate } from "./parse.ts";
export { jsonText } from "./runtime/json.ts";
export type { JsonOptions } from "./runtime/json.ts";
export { repr, str } from "./runtime/text.ts";
export { truth } from "./runtime/compare.ts";
export { items as itemsOf } from "./runtime/iterate.ts";
export { nearestNames } from "./nearest-names.ts";
export { findCalls } from "./find-calls.ts";
export type { FoundArgument, FoundCall } from "./find-calls.ts";
