import { ProcessHandle } from "../process-handle.ts";
import type { FromSaver, SaverPlan, ToSaver } from "./processor-messages.ts";

/** The suite's handle to a process that saves events. */
export class SaverHandle extends ProcessHandle<ToSaver, FromSaver> {
  /** Number of events that were acknowledged. */
  saved = 0;

  constructor(plan: SaverPlan) {
    super(plan.name, new URL("./saver-process.js", import.meta.url), (message) => {
      this.saved = message.saved;
    });
    this.send({ kind: "start", plan });
  }
}
