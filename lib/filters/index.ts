export type { ExtensionKind, SpecIssue, SpecResult, SpecSchema } from "../api/load/extension.ts";
export { defineFilter, type FilterDefinition, type FilterKind } from "./definition.ts";
export type { FilterContext, FilteredRequest, FilteredResponse, FilterSignal, HeaderFields } from "./message.ts";
export type {
  FilterAnswer,
  HeaderEdits,
  RequestChanges,
  RequestOutcome,
  ResponseChanges,
  ResponseOutcome,
} from "./outcome-types.ts";
