import {
  type Comment,
  type DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
  type SignatureReflection,
} from "typedoc";
import { shownBy } from "./shown.ts";
import { exportsOf, nameOf, type Subject, subjectsOf, summaryOf, tagsOf, textOf } from "./subject.ts";

/** What doc comments of public exports lack, in words. */
export function offences(project: ProjectReflection, codes: ReadonlySet<string>): readonly string[] {
  const all = exportsOf(project);
  const shown = shownBy(all.filter(isShown));
  return all.flatMap((exported) => [
    ...example(exported, shown),
    ...subjectsOf(exported).flatMap((subject) =>
      [summary, defaultOf, unit, rejections, unknownCodes(codes)].flatMap((rule) => rule(subject)),
    ),
  ]);
}

type Rule = (subject: Subject) => readonly string[];

/** Everything says what it is. Of a class that does, the constructor need not. */
const summary: Rule = ({ name, declaration, comment }) => {
  if (declaration.kindOf(ReflectionKind.Constructor)) return [];
  if (summaryOf(comment).trim() !== "" || tagsOf(comment, "@default").length > 0) return [];
  return [`${name} does not say what it is`];
};

/** An option that may be left out says what holds then. */
const defaultOf: Rule = ({ name, exported, declaration, comment }) => {
  if (!exported.name.endsWith("Options") || declaration === exported || !declaration.flags.isOptional) return [];
  return tagsOf(comment, "@default").length > 0 ? [] : [`${name} does not say its @default`];
};

/** A time or a size says its unit: by the end of its name, or in words. */
const unit: Rule = ({ name, declaration, comment }) => {
  if (declaration.type?.toString() !== "number") return [];
  if (!/time|delay|elapsed|wait|size|age|retention|bytes|room/i.test(declaration.name)) return [];
  if (/(?:Ms|Bytes)$|^ms$/.test(declaration.name)) return [];
  return /millisecond|\bbytes\b|\bevents\b|\bhow many\b/i.test(textOf(comment))
    ? []
    : [`${name} does not say its unit`];
};

/** What returns a promise, or is read with `for await`, says how it fails, or that it never does. */
const rejections: Rule = ({ name, exported, signature, comment }) => {
  if (
    signature === undefined ||
    !/^(?:Promise|AsyncIterable|EventSubscription)</.test(signature.type?.toString() ?? "")
  ) {
    return [];
  }
  // An interface of another package is what a user, or a client, implements.
  const isContract = exported.kindOf(ReflectionKind.Interface) && nameOf(exported).startsWith("@aether/core.");
  if (!exported.kindOf(ReflectionKind.Function | ReflectionKind.Class) && !isContract) return [];
  if (signature.name === "[asyncDispose]") return []; // what it calls says that
  // What a method keeps of an interface need not be said again.
  const promised = contractOf(signature) ?? contractOf(signature.parent);
  if (/\bnever rejects\b/i.test(textOf(comment) + textOf(promised))) return [];
  const told = [...tagsOf(comment, "@throws"), ...tagsOf(promised, "@throws")].some((text) =>
    /AETHER_[A-Z]|[A-Z]\w*Error\b|signal\.reason/.test(text),
  );
  return told ? [] : [`${name} does not say by @throws with which code it rejects`];
};

/** The comment of the method that a method implements or overrides. */
function contractOf(method: SignatureReflection | DeclarationReflection): Comment | undefined {
  const contract = (method.implementationOf ?? method.overwrites)?.reflection as
    | SignatureReflection
    | DeclarationReflection
    | undefined;
  return contract?.comment ?? (contract?.isDeclaration() ? contract.signatures?.[0]?.comment : undefined);
}

/** A code that a comment names has a heading on the page of errors. */
const unknownCodes =
  (codes: ReadonlySet<string>): Rule =>
  ({ name, comment }) => {
    const named = textOf(comment).match(/\bAETHER_[A-Z_]+\b/g) ?? [];
    return named.filter((code) => !codes.has(code)).map((code) => `${name} names ${code}, which no page explains`);
  };

/** A value has an example. A type has one, or belongs to the signature of a value that has. */
function example(exported: DeclarationReflection, shown: ReadonlySet<unknown>): readonly string[] {
  if (isShown(exported) || (!isValue(exported) && shown.has(exported))) return [];
  return [`${nameOf(exported)} has no @example${isValue(exported) ? "" : ", and is of no value that has one"}`];
}

function isValue(exported: DeclarationReflection): boolean {
  return exported.kindOf(ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Variable);
}

function isShown(exported: DeclarationReflection): boolean {
  return subjectsOf(exported).some(
    ({ comment, declaration }) => declaration === exported && tagsOf(comment, "@example").length > 0,
  );
}
