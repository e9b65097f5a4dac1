import {
  type Application,
  DefaultTheme,
  DocumentReflection,
  KindRouter,
  type NavigationElement,
  type ProjectReflection,
  type Reflection,
} from "typedoc";
import { chapters } from "./contents.ts";
import { root } from "./repository.ts";

/** Pages keep the paths that they have in the repository: `docs/testing.html`, `packages/core.html`. */
class PathRouter extends KindRouter {
  protected override getIdealBaseName(reflection: Reflection): string {
    const file = fileOf(reflection);
    if (file === undefined) return super.getIdealBaseName(reflection);
    return file.replace(/\/README\.md$/, "").replace(/\.md$/, "");
  }
}

/** Guides in their order, then the packages with what they export. */
class ChapterTheme extends DefaultTheme {
  override buildNavigation(project: ProjectReflection): NavigationElement[] {
    const documents = new Map(project.documents?.map((document) => [fileOf(document), document]));
    const guides = chapters.map(({ title, pages }): NavigationElement => {
      const [only] = pages;
      if (pages.length === 1) return this.#element(documents.get(only), title, this.#errors(documents.get(only)));
      return { text: title, children: pages.map((page) => this.#element(documents.get(page))) };
    });
    const packages = super.buildNavigation(project).filter(({ text }) => text.startsWith("@"));
    return [...guides, { text: "Packages", children: packages }];
  }

  #element(document: DocumentReflection | undefined, text?: string, children?: NavigationElement[]): NavigationElement {
    if (document === undefined) throw new Error("a chapter has a page that is not there");
    const element = { text: text ?? document.name, path: this.router.getFullUrl(document) };
    return children === undefined ? element : { ...element, children };
  }

  /** One entry for each code, in the order of the page. */
  #errors(document: DocumentReflection | undefined): NavigationElement[] {
    if (document === undefined) return [];
    const text = document.content.map((part) => part.text).join("");
    return [...text.matchAll(/^### (AETHER_\w+)$/gm)].map(([, code = ""]) => ({
      text: code,
      path: `${this.router.getFullUrl(document)}#${code.toLowerCase()}`,
    }));
  }
}

/** The file of the repository that a page or a package's front page is made of. */
function fileOf(reflection: Reflection): string | undefined {
  return reflection.project.files.getReflectionPath(reflection)?.slice(root.length + 1);
}

export function useTheme(application: Application): void {
  application.renderer.defineRouter("path", PathRouter);
  application.renderer.defineTheme("chapters", ChapterTheme);
}
