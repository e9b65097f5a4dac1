import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from "@microsoft/api-extractor";
import { type PublishedPackage, shortName } from "../workspaces/published-packages.ts";

/** Options of `reportApi`. */
export interface ReportOptions {
  /** True to overwrite a committed report that differs. */
  readonly update: boolean;
}

/** Result of comparing a package with its report. */
export interface ReportResult {
  /** Path of the report, relative to the package. */
  readonly file: string;
  /** True if the committed report was missing or differed. */
  readonly changed: boolean;
  /** Errors in the declarations themselves. */
  readonly errors: readonly string[];
}

/** Extracts the public API of a built package from its declarations and compares it with the committed report. */
export async function reportApi(subject: PublishedPackage, { update }: ReportOptions): Promise<ReportResult> {
  const scratch = await mkdtemp(join(tmpdir(), "aether-api-"));
  try {
    const errors: string[] = [];
    const { apiReportChanged } = Extractor.invoke(configFor(subject, scratch), {
      localBuild: update,
      messageCallback: (message: ExtractorMessage) => {
        if (message.logLevel === ExtractorLogLevel.Error)
          errors.push(message.formatMessageWithLocation(subject.folder));
        message.handled = true;
      },
    });
    return { file: `${shortName(subject)}.api.md`, changed: apiReportChanged, errors };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function configFor(subject: PublishedPackage, scratch: string): ExtractorConfig {
  const { folder } = subject;
  const silent = { logLevel: "none" as ExtractorLogLevel };
  const failing = { logLevel: "error" as ExtractorLogLevel };
  return ExtractorConfig.prepare({
    configObjectFullPath: join(folder, "api-extractor.json"),
    packageJsonFullPath: join(folder, "package.json"),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, "dist", "index.d.ts"),
      newlineKind: "lf" as never,
      compiler: { overrideTsconfig: compilerSettings },
      apiReport: {
        enabled: true,
        reportFolder: folder,
        reportTempFolder: scratch,
        reportFileName: shortName(subject),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: failing },
        extractorMessageReporting: {
          default: failing,
          "ae-missing-release-tag": silent, // all exports are public
          "ae-undocumented": silent,
          "ae-unresolved-link": silent, // links to other packages are allowed
          "ae-forgotten-export": { logLevel: "warning" as ExtractorLogLevel, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: silent },
      },
    },
  });
}

const compilerSettings = {
  compilerOptions: {
    target: "es2023",
    lib: ["es2023", "esnext.disposable", "dom", "dom.asynciterable"],
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    skipDefaultLibCheck: true,
    types: [],
  },
  include: ["dist"],
};
