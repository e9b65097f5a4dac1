import { ConformanceError } from "../checks/conformance-error.ts";
import type { CaseTimeout } from "./case-timeout.ts";
import type { Session } from "./session.ts";
import { UnhandledRejections } from "./unhandled-rejections.ts";

/** The steps of a case. */
export interface CaseSteps<Resource, Opened> {
  /** The guarantee that an unexpected error of the case breaks. */
  readonly guarantee: string;
  run(resource: Resource): Promise<void>;
  /** The guarantee that an error of `close` breaks. */
  readonly closeGuarantee: string;
  /** Closes a store or bus. Called for everything that the case has opened, even if the case has closed it itself. */
  close(opened: Opened): Promise<void>;
}

/**
 * Runs a case on a new resource. Afterwards, closes everything that the case opened and destroys everything that the
 * session created, even if the case failed.
 *
 * @throws {@link ConformanceError}, or an error while creating or destroying a resource
 */
export async function runCase<Resource, Opened extends object>(
  session: Session<Resource, Opened>,
  timeout: CaseTimeout,
  { guarantee, run, closeGuarantee, close }: CaseSteps<Resource, Opened>,
): Promise<void> {
  const resource = await session.create();
  const rejections = new UnhandledRejections();
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  /** Runs a step of the case. An unexpected error breaks the guarantee that the case checks. */
  const step = (limited: string, work: () => Promise<void>): Promise<void> =>
    attempt(async () => {
      try {
        await timeout.limit(limited, work);
      } catch (error) {
        throw error instanceof ConformanceError ? error : unexpected(error);
      }
    });
  const unexpected = (error: unknown): ConformanceError =>
    new ConformanceError({
      guarantee,
      given: session.tracker.originOf(error) ?? `the case "${guarantee}"`,
      expected: "no error",
      actual: error,
      cause: error,
    });

  await step(guarantee, () => run(resource));
  for (const opened of session.opened) await step(closeGuarantee, () => close(opened));
  await attempt(() => rejections.end(guarantee));
  for (const created of session.created) await attempt(() => session.destroy(created));
  // A failure while closing or destroying is often a consequence of an earlier failure, so the first one is reported.
  if (failures.length > 0) throw failures[0];
}
