import {
  type Comment,
  type DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
  type SignatureReflection,
} from "typedoc";
import { exportsOf, nameOf, type Subject, subjectsOf, summaryOf, tagsOf, textOf } from "./subject.ts";

/** Checks the doc comments of all public exports and returns one sentence for each fault. */
export function offences(project: ProjectReflection, codes: ReadonlySet<string>): readonly string[] {
  const rules = [summary, defaultOf, unit, rejections, unknownCodes(codes)];
  return exportsOf(project).flatMap((exported) => {
    const subjects = subjectsOf(exported);
    return [...example(exported, subjects), ...subjects.flatMap((subject) => rules.flatMap((rule) => rule(subject)))];
  });
}

/** Functions and classes have an `@example`. One of the overloads of a function is enough. Error classes need none. */
function example(exported: DeclarationReflection, subjects: readonly Subject[]): readonly string[] {
  if (!exported.kindOf(ReflectionKind.Function | ReflectionKind.Class) || exported.name.endsWith("Error")) return [];
  const hasExample = subjects.some(
    ({ declaration, comment }) => declaration === exported && tagsOf(comment, "@example").length > 0,
  );
  return hasExample ? [] : [`${nameOf(exported)} has no @example`];
}

type Rule = (subject: Subject) => readonly string[];

/** Every export and member has a summary or a `@default`. Constructors need neither. */
const summary: Rule = ({ name, declaration, comment }) => {
  if (declaration.kindOf(ReflectionKind.Constructor)) return [];
  if (summaryOf(comment).trim() !== "" || tagsOf(comment, "@default").length > 0) return [];
  return [`${name} has no summary`];
};

/** Every optional member of an options type has a `@default`. */
const defaultOf: Rule = ({ name, exported, declaration, comment }) => {
  if (!exported.name.endsWith("Options") || declaration === exported || !declaration.flags.isOptional) return [];
  return tagsOf(comment, "@default").length > 0 ? [] : [`${name} has no @default`];
};

/** Times and sizes have a unit at the end of the name or in the comment. */
const unit: Rule = ({ name, declaration, comment }) => {
  if (!/^number(?: \| undefined)?$/.test(declaration.type?.toString() ?? "")) return [];
  if (!/time|delay|elapsed|wait|size|age|retention|bytes|room/i.test(declaration.name)) return [];
  if (/(?:Ms|Bytes)$|^ms$/.test(declaration.name)) return [];
  return /millisecond|\bbytes\b|\bevents\b|\bnumber of\b|\bhow many\b/i.test(textOf(comment))
    ? []
    : [`${name} does not say its unit`];
};

/**
 * Functions that return a promise or an async iterable list their errors with `@throws`, or state that they never
 * reject.
 */
const rejections: Rule = ({ name, exported, signature, comment }) => {
  if (
    signature === undefined ||
    !/^(?:Promise|AsyncIterable|EventSubscription)</.test(signature.type?.toString() ?? "")
  ) {
    return [];
  }
  // Only interfaces of core define errors. Those of other packages are implemented by applications or by NATS clients.
  const isContract = exported.kindOf(ReflectionKind.Interface) && nameOf(exported).startsWith("@aether/core.");
  if (!exported.kindOf(ReflectionKind.Function | ReflectionKind.Class) && !isContract) return [];
  if (signature.name === "[asyncDispose]") return []; // it only calls another method, which lists the errors
  // A method need not repeat the errors that its interface already lists.
  const contract = contractOf(signature) ?? contractOf(signature.parent);
  if (/\bnever rejects\b/i.test(textOf(comment) + textOf(contract))) return [];
  const hasErrors = [...tagsOf(comment, "@throws"), ...tagsOf(contract, "@throws")].some((text) =>
    /AETHER_[A-Z]|[A-Z]\w*Error\b|signal\.reason/.test(text),
  );
  return hasErrors ? [] : [`${name} has no @throws with the error code or class`];
};

/** Returns the comment of the method that a method implements or overrides. */
function contractOf(method: SignatureReflection | DeclarationReflection): Comment | undefined {
  const contract = (method.implementationOf ?? method.overwrites)?.reflection as
    | SignatureReflection
    | DeclarationReflection
    | undefined;
  return contract?.comment ?? (contract?.isDeclaration() ? contract.signatures?.[0]?.comment : undefined);
}

/** Every error code in a comment has a heading in docs/errors.md. */
const unknownCodes =
  (codes: ReadonlySet<string>): Rule =>
  ({ name, comment }) => {
    const named = textOf(comment).match(/\bAETHER_[A-Z_]+\b/g) ?? [];
    return named
      .filter((code) => !codes.has(code))
      .map((code) => `${name} names ${code}, which docs/errors.md does not explain`);
  };
