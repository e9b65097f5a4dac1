import { runStoreProcess } from "@aether/conformance";
import { FileEventStore } from "../dist/index.js";

runStoreProcess((folder) => FileEventStore.open(`${folder}/events.jsonseq`));
