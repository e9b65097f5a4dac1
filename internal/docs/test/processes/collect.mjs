// Runs the observers of the page with the real OpenTelemetry SDK and prints the collected data points as JSON. The test
// starts it as a separate process, because the test process resolves packages as bundlers do: it would choose a build
// of the OpenTelemetry API that Node.js cannot load.

import { DataPointType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";

const [snippet, ofProcessors, sources] = process.argv.slice(2);
const { observeBus, observeVersionCache } = await import(snippet);
const { observeProcessor } = await import(ofProcessors);
const { buses, stores, processors } = JSON.parse(sources);

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

const reader = new Reader();
const provider = new MeterProvider({ readers: [reader] });
const meter = provider.getMeter("test");
for (const [name, bus] of Object.entries(buses)) observeBus(meter, name, bus);
for (const [name, store] of Object.entries(stores)) observeVersionCache(meter, name, store);
for (const processor of processors) observeProcessor(meter, processor);
const { resourceMetrics, errors } = await reader.collect();
if (errors.length > 0) throw errors[0];
const points = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
  metrics.flatMap(({ descriptor, dataPointType, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => [descriptor.name, DataPointType[dataPointType], attributes, value]),
  ),
);
console.log(JSON.stringify(points));
await provider.shutdown();
