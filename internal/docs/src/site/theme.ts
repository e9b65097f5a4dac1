import {
  type Application,
  DefaultTheme,
  type DocumentReflection,
  KindRouter,
  type NavigationElement,
  type ProjectReflection,
  type Reflection,
} from "typedoc";
import { root } from "../repository.ts";
import { chapters, packages } from "./contents.ts";

/** A router that keeps the paths of the repository: `docs/testing.html`, `packages/core.html`. */
class PathRouter extends KindRouter {
  protected override getIdealBaseName(reflection: Reflection): string {
    const file = fileOf(reflection);
    if (file === undefined) return super.getIdealBaseName(reflection);
    return file.replace(/\/README\.md$/, "").replace(/\.md$/, "");
  }
}

/** A theme whose navigation lists the guides in reading order, followed by the packages with their exports. */
class ChapterTheme extends DefaultTheme {
  override buildNavigation(project: ProjectReflection): NavigationElement[] {
    const documents = new Map(project.documents?.map((document) => [fileOf(document), document]));
    const guides = chapters.flatMap(({ title, pages }): readonly NavigationElement[] => {
      const elements = pages.map((page) => this.#element(documents.get(page)));
      if (title === undefined) return elements;
      if (pages.length > 1) return [{ text: title, children: elements }];
      return elements.map((element) => ({ ...element, children: this.#errors(documents.get(pages[0])) }));
    });
    const exported = super.buildNavigation(project);
    const inOrder = packages.flatMap((name) => exported.filter(({ text }) => text === `@aether/${name}`));
    return [...guides, { text: "Packages", children: inOrder }];
  }

  #element(document: DocumentReflection | undefined): NavigationElement {
    if (document === undefined) throw new Error("src/site/contents.ts lists a page that does not exist");
    return { text: document.name, path: this.router.getFullUrl(document) };
  }

  /** Returns one entry for each error code, in the order of the page. */
  #errors(document: DocumentReflection | undefined): NavigationElement[] {
    if (document === undefined) return [];
    const text = document.content.map((part) => part.text).join("");
    return [...text.matchAll(/^### (AETHER_\w+)$/gm)].map(([, code = ""]) => ({
      text: code,
      path: `${this.router.getFullUrl(document)}#${code.toLowerCase()}`,
    }));
  }
}

/** Returns the source file of a page or of a package's front page, relative to the repository. */
function fileOf(reflection: Reflection): string | undefined {
  return reflection.project.files.getReflectionPath(reflection)?.slice(root.length + 1);
}

/** Registers the router "path" and the theme "chapters". */
export function useTheme(application: Application): void {
  application.renderer.defineRouter("path", PathRouter);
  application.renderer.defineTheme("chapters", ChapterTheme);
}
