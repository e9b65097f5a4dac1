import { AetherError, type AetherErrorJson, because } from "./errors.ts";
import { invalid } from "./store-errors.ts";

/** An error that was restored from its JSON form. It has the code of the original error, but not its class. */
class RestoredError extends AetherError {
  override readonly name: string;
  readonly code: string;

  constructor({ name, code, message, cause, ...fields }: AetherErrorJson) {
    // These keys are never fields of an error. As properties, they would change the behaviour of the object.
    for (const key of ["__proto__", "stack", "toJSON"]) Reflect.deleteProperty(fields, key);
    super(message, { ...fields, cause: cause === undefined ? undefined : restoreCause(cause) });
    this.name = name;
    this.code = code;
  }
}

/**
 * Restores an error from its JSON form, for example in the thread or the process that receives it. `isAetherError`
 * recognises the result by its code and narrows its type. The result has the fields and the causes of the original
 * error, but a new stack, and it is not an instance of the original class. Errors in its fields keep their JSON form.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the value is not an object with the texts `name`, `code` and `message`
 *
 * @example
 * ```ts
 * addEventListener("message", ({ data }) => {
 *   const error = errorFromJson(data); // the worker called postMessage(error.toJSON())
 *   if (isAetherError(error, "AETHER_VERSION_CONFLICT")) console.log(error.currentVersion);
 * });
 * ```
 */
export function errorFromJson(json: unknown): AetherError {
  if (isErrorJson(json)) return new RestoredError(json);
  throw invalid("json", "must be the JSON form of an Aether error: send the result of error.toJSON()");
}

function isErrorJson(value: unknown): value is AetherErrorJson {
  if (typeof value !== "object" || value === null || value instanceof Error) return false;
  const { name, code, message } = value as Partial<AetherErrorJson>;
  return typeof name === "string" && typeof code === "string" && typeof message === "string";
}

/** Errors other than Aether's may have a code, too, such as those of Node.js. */
function restoreCause(json: unknown): unknown {
  if (isErrorJson(json) && json.code.startsWith("AETHER_")) return new RestoredError(json);
  if (typeof json !== "object" || json === null) return json;
  const { name, message, code, cause } = json as Partial<AetherErrorJson>;
  const error = new Error(String(message), because({ cause: cause === undefined ? undefined : restoreCause(cause) }));
  return Object.assign(error, { name: String(name) }, code === undefined ? {} : { code });
}
