export type {
  CommandHandler,
  CommandHandlerOptions,
  HandleOptions,
  HandleResult,
  LoadedState,
  LoadOptions,
} from "./command-handler.ts";
export type { HandlerCounters } from "./counters.ts";
export type {
  Command,
  CommandsOf,
  DecideContext,
  DecidedEvent,
  DecideMap,
  Decider,
  DeciderDefinition,
  Decision,
  EventExtras,
  EvolveMap,
  MakeEvent,
  SnapshotCodec,
} from "./decider.ts";
export { defineDecider } from "./decider.ts";
export { InvalidDecisionError, UnknownCommandError, UnknownEventError } from "./errors.ts";
export { foldEvents } from "./fold-events.ts";
export { commandHandler } from "./handling/store-command-handler.ts";
export type { SnapshotFailure } from "./snapshots/snapshots.ts";
export type { DeciderTestErrorDetails } from "./testing/decider-test-error.ts";
export { DeciderTestError } from "./testing/decider-test-error.ts";
export type { DeciderChecks, DeciderTest, DeciderTestOptions, ExpectedRejection } from "./testing/test-decider.ts";
export { testDecider } from "./testing/test-decider.ts";
