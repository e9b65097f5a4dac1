/** A heading in the navigation, with its pages in reading order. */
export interface Chapter {
  /** If the title is missing, the pages are top-level entries in the navigation. */
  readonly title?: string;
  /** Markdown files, relative to the root of the repository. */
  readonly pages: readonly string[];
}

/** All guides of the site. Packages, API pages and linked files are added automatically. */
export const chapters: readonly Chapter[] = [
  {
    pages: [
      "docs/getting-started.md",
      "docs/events-actors-and-versions.md",
      "docs/commands.md",
      "docs/conflicts-and-retries.md",
      "docs/reading-everything.md",
      "docs/reacting-to-events.md",
      "docs/read-models.md",
      "docs/announcing-events.md",
      "docs/testing.md",
      "docs/from-one-process-to-a-cluster.md",
      "docs/idempotent-commands.md",
      "docs/http-api.md",
      "docs/changing-events.md",
      "docs/personal-data.md",
      "docs/tracing.md",
      "docs/writing-a-store.md",
      "docs/writing-a-document-store.md",
      "docs/comparison.md",
      "docs/faq.md",
      "docs/troubleshooting.md",
      "docs/glossary.md",
    ],
  },
  {
    title: "Operations",
    pages: [
      "docs/operations/README.md",
      "docs/operations/deployment.md",
      "docs/operations/creating-streams.md",
      "docs/operations/backup.md",
      "docs/operations/upgrades.md",
      "docs/operations/permissions.md",
      "docs/operations/leaf-nodes.md",
      "docs/operations/metrics.md",
    ],
  },
  // If a chapter has only one page, the headings of that page are the entries.
  { title: "Errors", pages: ["docs/errors.md"] },
  {
    title: "Examples",
    pages: [
      "examples/shop/README.md",
      "examples/orders/README.md",
      "examples/live-orders/README.md",
      "examples/git-history/README.md",
      "examples/file-store/README.md",
    ],
  },
  {
    title: "Measurements",
    pages: ["docs/benchmarks.md", "docs/reliability.md", "docs/installs.md", "faults/README.md"],
  },
  {
    title: "Project",
    pages: [
      "docs/architecture.md",
      "docs/decisions/README.md",
      "docs/decisions/0001-the-server-decides.md",
      "docs/decisions/0002-one-message-one-commit.md",
      "docs/decisions/0003-replay-by-pull.md",
      "docs/decisions/0004-encoded-ids.md",
      "docs/decisions/0005-one-binding.md",
      "docs/decisions/0006-store-kit.md",
      "docs/decisions/0007-foreign-records.md",
      "docs/decisions/0008-bus-and-broadcaster.md",
      "docs/decisions/0009-a-partition-in-the-subject.md",
      "docs/decisions/0010-one-year-by-default.md",
      "docs/decisions/0011-positions-verify-themselves.md",
      "CONTRIBUTING.md",
      "internal/docs/README.md",
      "internal/nats-testing/README.md",
      "internal/sqlite-driver/README.md",
      "internal/publishing/README.md",
      "SECURITY.md",
      "LICENSE",
    ],
  },
];

/** Folders of the published packages, in the order of the table in the README. */
export const packages: readonly string[] = [
  "core",
  "store-memory",
  "store-sqlite",
  "store-jetstream",
  "decider",
  "retry",
  "processor",
  "projections",
  "eventbus-memory",
  "eventbus-nats",
  "nats",
  "conformance",
  "create-store",
  "store-kit",
  "bus-kit",
];
