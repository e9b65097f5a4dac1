import { busSuite } from "./buses/bus-suite.ts";
import { clusterSuite } from "./cluster/cluster-suite.ts";
import { diskSuite } from "./disk/disk-suite.ts";
import { documentSuite } from "./documents/document-suite.ts";
import { singleServerDocumentSuite } from "./documents/single-server-document-suite.ts";
import { hostileSuite } from "./hostile/hostile-suite.ts";
import { leakSuite } from "./leaks/leak-suite.ts";
import { processorSuite } from "./processors/processor-suite.ts";
import { singleServerSuite } from "./single-server/single-server-suite.ts";
import { sqliteSuite } from "./sqlite/sqlite-suite.ts";
import type { Suite } from "./suite.ts";

/** All suites, in the order in which they run. */
export const suites: readonly Suite[] = [
  clusterSuite,
  singleServerSuite,
  documentSuite,
  singleServerDocumentSuite,
  processorSuite,
  diskSuite,
  sqliteSuite,
  busSuite,
  leakSuite,
  hostileSuite,
];
