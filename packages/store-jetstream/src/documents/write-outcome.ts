/** The outcome of a write of a document. */
export type WriteOutcome =
  | { readonly status: "stored"; readonly sequence: number }
  /** The last message of the subject is not the expected one, or the only copy was lost. Nothing was stored. */
  | { readonly status: "refused" }
  /** The message is larger than the server or the stream allows. Nothing was stored. */
  | { readonly status: "too large"; readonly limitBytes: number | undefined }
  /** The write failed for another reason. Nothing was stored. */
  | { readonly status: "failed"; readonly cause: unknown }
  /** The write may be stored. */
  | { readonly status: "unknown"; readonly cause: unknown };
