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

/** Something that a doc comment must be on: an export, one of its members, or one of the ways to call either. */
export interface Subject {
  /** As a reader knows it: `@aether/retry.RetryQueue.close`. */
  readonly name: string;
  readonly exported: DeclarationReflection;
  readonly declaration: DeclarationReflection;
  /** Of what can be called. */
  readonly signature: SignatureReflection | undefined;
  readonly comment: Comment | undefined;
}

/** What each package exports, but for what it hands on from another. */
export function exportsOf(project: ProjectReflection): readonly DeclarationReflection[] {
  const all = project.children?.flatMap((module) => module.children ?? []) ?? [];
  return all.filter((exported) => !(exported instanceof ReferenceReflection));
}

/** The subjects of an export: itself, and what is public of it and was declared for it. */
export function subjectsOf(exported: DeclarationReflection): readonly Subject[] {
  return [exported, ...membersOf(exported)].flatMap((declaration): readonly Subject[] => {
    const callable = ReflectionKind.FunctionOrMethod | ReflectionKind.Constructor;
    const common = { name: nameOf(declaration), exported, declaration };
    if (!declaration.kindOf(callable)) {
      // A property that holds a function has its comment on the signature.
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
  if (declaration.name === "ErrorsByCode") return []; // each of its members is a class that says what it is
  const own = declaration.children ?? [];
  return own.filter(
    (member) => !member.flags.isExternal && !member.flags.isInherited && !member.flags.isPrivate && !isOfError(member),
  );
}

/** `name` and `code` say of every error what their value says. */
function isOfError(member: Reflection): boolean {
  const { name, parent } = member;
  return (name === "name" || name === "code") && parent !== undefined && parent.name.endsWith("Error");
}

export function nameOf(reflection: Reflection): string {
  return reflection.getFullName(".");
}

/** The words of a comment: the summary, and all tags. */
export function textOf(comment: Comment | undefined): string {
  if (comment === undefined) return "";
  const parts = [...comment.summary, ...comment.blockTags.flatMap(({ content }) => content)];
  return parts.map(({ text }) => text).join(" ");
}

export function summaryOf(comment: Comment | undefined): string {
  return comment?.summary.map(({ text }) => text).join("") ?? "";
}

/** What the tags of a name say. */
export function tagsOf(comment: Comment | undefined, tag: `@${string}`): readonly string[] {
  const tags = comment?.blockTags.filter(({ tag: name }) => name === tag) ?? [];
  return tags.map(({ content }) => content.map(({ text }) => text).join(""));
}
