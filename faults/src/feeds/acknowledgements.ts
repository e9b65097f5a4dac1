import type { RecordedOperation } from "@aether/conformance";

/** The acknowledgement of the event with a position. */
export interface Acknowledgement {
  readonly position: string;
  readonly endedAt: number;
}

/** The receipts of all saves. */
export class Acknowledgements {
  readonly #positions = new Map<string, string>();
  /**
   * The acknowledgements whose position exceeds all earlier ones, in the order of time. At any time, the last one of
   * them has the highest position.
   */
  readonly #highest: Acknowledgement[] = [];

  constructor(operations: readonly RecordedOperation[]) {
    const all: Acknowledgement[] = [];
    for (const operation of operations) {
      if (operation.kind !== "save" || operation.outcome !== "ok") continue;
      for (const { id, position } of operation.receipts ?? []) {
        this.#positions.set(id, position);
        all.push({ position, endedAt: operation.endedAt });
      }
    }
    for (const each of all.sort((left, right) => left.endedAt - right.endedAt)) {
      if (each.position > (this.#highest.at(-1)?.position ?? "")) this.#highest.push(each);
    }
  }

  /** The position in the receipt of an event; `undefined` if no save of it was acknowledged. */
  positionOf(eventId: string): string | undefined {
    return this.#positions.get(eventId);
  }

  /** The first acknowledgement of an event after a position that was made before a time, if there is one. */
  missedBy(position: string, time: number): Acknowledgement | undefined {
    let low = 0;
    let high = this.#highest.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#highest[middle] as Acknowledgement).position > position) high = middle;
      else low = middle + 1;
    }
    const first = this.#highest[low];
    return first !== undefined && first.endedAt < time ? first : undefined;
  }
}
