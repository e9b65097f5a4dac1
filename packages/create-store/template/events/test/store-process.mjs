// Runs in the processes of testEventStoreInProcesses. It uses the build, which `npm test` renews.
import { runStoreProcess } from "@aether/conformance";
import { MyEventStore } from "../dist/index.js";

runStoreProcess((directory) => MyEventStore.open(directory));
