export { checkHistory } from "./check-history.ts";
export type {
  History,
  HistoryRule,
  HistoryViolation,
  RecordedCall,
  RecordedEvent,
  RecordedOperation,
  RecordedRead,
  RecordedSave,
  RecordedVersionRead,
  SaveOutcome,
} from "./history.ts";
export { contentOf, type RecordingOptions, RecordingStore, recordedEvent } from "./recording-store.ts";
