/** A page of the site. */
export interface Entry {
  /** Markdown file, relative to the root of the repository. */
  readonly path: string;
  /** Words that readers search for, but that the page does not use or uses only in passing. */
  readonly keywords?: string;
  /** Name in the sidebar. The default is the title of the page. */
  readonly label?: string;
}

/** A heading in the sidebar, with its pages in reading order. */
export interface Chapter {
  readonly title: string;
  readonly pages: readonly Entry[];
}

/** An entry of the top navigation. All its chapters are in one sidebar. */
export interface Section {
  readonly title: string;
  readonly chapters: readonly Chapter[];
}

/** The landing page. It has no sidebar. */
export const landingPage: Entry = { path: "internal/docs/site/index.md" };

const guide: Section = {
  title: "Guide",
  chapters: [
    {
      title: "Start",
      pages: [
        { path: "docs/getting-started.md", keywords: "install quick start tutorial first program hello world" },
        {
          path: "docs/events-actors-and-versions.md",
          keywords: "aggregate entity stream concepts event sourcing optimistic concurrency",
        },
        {
          path: "docs/comparison.md",
          keywords: "alternatives emmett act castore kurrentdb eventstoredb axon choose why",
        },
      ],
    },
    {
      title: "Write",
      pages: [
        { path: "docs/commands.md", keywords: "command handler decider aggregate" },
        {
          path: "docs/conflicts-and-retries.md",
          keywords: "version conflict optimistic locking concurrency contention",
        },
        {
          path: "docs/idempotent-commands.md",
          keywords: "idempotency idempotent idempotency key exactly once duplicate deduplication repeat",
        },
        {
          path: "docs/http-api.md",
          keywords: "http status code rest express hono fastify errors to http etag if-match",
        },
        {
          path: "docs/changing-events.md",
          keywords: "schema change schema evolution versioning upcast upcasting migration validation zod",
        },
        {
          path: "docs/personal-data.md",
          keywords: "gdpr personal data erasure right to be forgotten delete crypto shredding encryption privacy",
        },
      ],
    },
    {
      title: "Read and react",
      pages: [
        {
          path: "docs/reading-everything.md",
          keywords: "list actors list all aggregates list streams read all events catch up subscription global order",
        },
        {
          path: "docs/read-models.md",
          keywords: "read model read models projection projections query side cqrs view materialized view",
        },
        {
          path: "docs/reacting-to-events.md",
          keywords: "process manager saga outbox worker consumer side effect send mail event handler",
        },
        {
          path: "docs/do-something-later.md",
          keywords: "timer schedule scheduled delay deadline timeout reminder cron due later expire",
        },
        { path: "docs/announcing-events.md", keywords: "publish subscribe pub sub notification broadcast live update" },
      ],
    },
    {
      title: "Test and run",
      pages: [
        { path: "docs/testing.md", keywords: "unit test vitest jest mock given when then" },
        {
          path: "docs/tracing.md",
          keywords: "opentelemetry trace span observability correlation id distributed tracing",
        },
        { path: "docs/from-one-process-to-a-cluster.md", keywords: "scale high availability several servers" },
      ],
    },
    {
      title: "Look up",
      pages: [
        { path: "docs/errors.md", keywords: "error codes exceptions outcome unknown" },
        { path: "docs/troubleshooting.md", keywords: "problem fails does not work debug" },
        { path: "docs/faq.md", keywords: "questions" },
        { path: "docs/glossary.md", keywords: "terms synonyms definitions vocabulary" },
      ],
    },
    {
      title: "Extend",
      pages: [
        { path: "docs/writing-a-store.md", keywords: "custom store adapter database" },
        { path: "docs/writing-a-document-store.md", keywords: "custom store adapter database" },
      ],
    },
    {
      title: "Examples",
      pages: [
        { path: "examples/shop/README.md", keywords: "whole application web page http server sent events hono" },
        { path: "examples/orders/README.md" },
        { path: "examples/live-orders/README.md" },
        { path: "examples/git-history/README.md" },
        { path: "examples/file-store/README.md" },
      ],
    },
    {
      title: "Measurements",
      pages: [
        { path: "docs/benchmarks.md", keywords: "performance speed throughput latency comparison emmett castore" },
        { path: "docs/reliability.md", keywords: "fault injection jepsen chaos data loss" },
        { path: "docs/installs.md", keywords: "bundle size dependencies" },
      ],
    },
  ],
};

const operations: Section = {
  title: "Operations",
  chapters: [
    {
      title: "Operations",
      pages: [
        { path: "docs/operations/README.md", label: "Overview", keywords: "production server" },
        { path: "docs/operations/deployment.md", keywords: "docker kubernetes container health readiness shutdown" },
        { path: "docs/operations/creating-streams.md", keywords: "terraform nack infrastructure as code bind stream" },
        { path: "docs/operations/backup.md", keywords: "disaster recovery" },
        { path: "docs/operations/upgrades.md", keywords: "migrate release format compatibility semver rolling update" },
        { path: "docs/operations/permissions.md", keywords: "security accounts authorization users" },
        { path: "docs/operations/leaf-nodes.md", keywords: "edge domain hub" },
        { path: "docs/operations/metrics.md", keywords: "monitoring prometheus opentelemetry observability alert" },
      ],
    },
  ],
};

const contributing: Section = {
  title: "Contributing",
  chapters: [
    {
      title: "Contributing",
      pages: [
        { path: "CONTRIBUTING.md", label: "How to contribute" },
        { path: "docs/architecture.md" },
        { path: "SECURITY.md", keywords: "vulnerability report" },
      ],
    },
    {
      title: "Decisions",
      pages: [
        { path: "docs/decisions/README.md", label: "Overview" },
        { path: "docs/decisions/0001-the-server-decides.md" },
        { path: "docs/decisions/0002-one-message-one-commit.md" },
        { path: "docs/decisions/0003-replay-by-pull.md" },
        { path: "docs/decisions/0004-encoded-ids.md" },
        { path: "docs/decisions/0005-one-binding.md" },
        { path: "docs/decisions/0006-store-kit.md" },
        { path: "docs/decisions/0007-foreign-records.md" },
        { path: "docs/decisions/0008-bus-and-broadcaster.md" },
        { path: "docs/decisions/0009-a-partition-in-the-subject.md" },
        { path: "docs/decisions/0010-one-year-by-default.md" },
        { path: "docs/decisions/0011-positions-verify-themselves.md" },
      ],
    },
  ],
};

const packageGroups: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: "Stores", names: ["core", "store-memory", "store-sqlite", "store-jetstream"] },
  { title: "Writing and reading", names: ["decider", "retry", "processor", "projections"] },
  { title: "Buses", names: ["eventbus-memory", "eventbus-nats"] },
  { title: "For authors of stores and buses", names: ["nats", "conformance", "create-store", "store-kit", "bus-kit"] },
];

/** Folders of the published packages, in reading order. Each has a page, its README, and a page of its API. */
export const packages: readonly string[] = packageGroups.flatMap(({ names }) => names);

const packagePages: Section = {
  title: "Packages",
  chapters: packageGroups.map(({ title, names }) => ({
    title,
    pages: names.map((name) => ({ path: `packages/${name}/README.md` })),
  })),
};

/** All sections of the site, in the order of the top navigation. The API reference is added automatically. */
export const sections: readonly Section[] = [guide, operations, packagePages, contributing];

/** All pages that are written by hand, in reading order. */
export const entries: readonly Entry[] = [
  landingPage,
  ...sections.flatMap(({ chapters }) => chapters.flatMap(({ pages }) => pages)),
];
