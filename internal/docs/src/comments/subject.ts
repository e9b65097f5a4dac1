import {
  type Comment,
  type DeclarationReflection,
  type ProjectReflection,
  ReferenceReflection,
  type Reflection,
  ReflectionKind,
  ReflectionType,
  type SignatureReflection,
} from "typedoc";

/** A part of the API that needs a doc comment: an export, a member of an export, or a call signature of either. */
export interface Subject {
  /** Full name, such as `@aether/retry.RetryQueue.close`. */
  readonly name: string;
  readonly exported: DeclarationReflection;
  readonly declaration: DeclarationReflection;
  /** The call signature, or undefined if the subject cannot be called. */
  readonly signature: SignatureReflection | undefined;
  readonly comment: Comment | undefined;
}

/** Lists the exports of each package, without re-exports from other packages. */
export function exportsOf(project: ProjectReflection): readonly DeclarationReflection[] {
  const all = project.children?.flatMap((module) => module.children ?? []) ?? [];
  return all.filter((exported) => !(exported instanceof ReferenceReflection));
}

/** Lists the subjects of an export: the export itself and its own public members. */
export function subjectsOf(exported: DeclarationReflection): readonly Subject[] {
  return [exported, ...membersOf(exported)].flatMap((declaration): readonly Subject[] => {
    const callable = ReflectionKind.FunctionOrMethod | ReflectionKind.Constructor;
    const common = { name: nameOf(declaration), exported, declaration };
    if (!declaration.kindOf(callable)) {
      // TypeDoc puts the comment of a property that holds a function on the signature.
      const inner =
        declaration.type instanceof ReflectionType ? declaration.type.declaration.signatures?.[0] : undefined;
      const comment = declaration.comment ?? declaration.getSignature?.comment ?? inner?.comment;
      return [{ ...common, signature: undefined, comment }];
    }
    const signatures = declaration.signatures ?? [];
    return signatures.map((signature) => ({ ...common, signature, comment: signature.comment }));
  });
}

function membersOf(declaration: DeclarationReflection): readonly DeclarationReflection[] {
  if (declaration.name === "ErrorsByCode") return []; // its members are classes, which have their own doc comments
  const own = declaration.children ?? [];
  return own.filter(
    (member) =>
      !member.flags.isExternal && !member.flags.isInherited && !member.flags.isPrivate && !isErrorLiteral(member),
  );
}

/** Returns true for the `name` and `code` of an error, which need no comment because their values are literals. */
function isErrorLiteral(member: Reflection): boolean {
  const { name, parent } = member;
  return (name === "name" || name === "code") && parent !== undefined && parent.name.endsWith("Error");
}

/** Returns the full name of a reflection. */
export function nameOf(reflection: Reflection): string {
  return reflection.getFullName(".");
}

/** Returns the text of a comment: the summary and all tags. */
export function textOf(comment: Comment | undefined): string {
  if (comment === undefined) return "";
  const parts = [...comment.summary, ...comment.blockTags.flatMap(({ content }) => content)];
  return parts.map(({ text }) => text).join(" ");
}

/** Returns the summary of a comment. */
export function summaryOf(comment: Comment | undefined): string {
  return comment?.summary.map(({ text }) => text).join("") ?? "";
}

/** Returns the text of each tag with the given name. */
export function tagsOf(comment: Comment | undefined, tag: `@${string}`): readonly string[] {
  const tags = comment?.blockTags.filter(({ tag: name }) => name === tag) ?? [];
  return tags.map(({ content }) => content.map(({ text }) => text).join(""));
}
