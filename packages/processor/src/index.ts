export {
  ActorParkedError,
  LeaseLostError,
  ProcessorMismatchError,
  ProcessorRetiredError,
  ProcessorStoppedError,
  WaitTimedOutError,
} from "./errors.ts";
export { EventProcessor } from "./event-processor.ts";
export { followUpId } from "./follow-up-id.ts";
export type {
  BatchHandler,
  BatchResult,
  EventHandler,
  FailedHandling,
  HandlerContext,
  HandlerRetry,
  HandlerRetryPolicy,
} from "./handler.ts";
export type { ParkedActor, ParkedRequestOptions } from "./parking/parked-actors.ts";
export { discardParked, parkedActors, retryParked } from "./parking/parked-actors.ts";
export type { ProcessorOptions } from "./processor-options.ts";
export type { ParkedError } from "./state/park-index.ts";
export type { ProcessorProgress } from "./state/processor-progress.ts";
export { processorProgress } from "./state/processor-progress.ts";
export { retireProcessor } from "./state/retire-processor.ts";
export type { EventInFlight, PartitionStatus, ProcessorState, ProcessorStatus } from "./status.ts";
export type { WaitOptions } from "./waiting/wait.ts";
export type { RemoteWaitOptions } from "./waiting/wait-for-processor.ts";
export { waitForProcessor } from "./waiting/wait-for-processor.ts";
