// A process that publishes events when its parent tells it to, so that the parent measures receiving alone. It makes as
// much as it can beforehand: it must be faster than who receives.
import { connect, type MsgHdrs } from "@nats-io/transport-node";
import { sampleEvent } from "../sample-event.ts";
import { BURST, type Order } from "./order.ts";

const encoder = new TextEncoder();
const payloads = Array.from({ length: BURST }, (_, index) =>
  encoder.encode(JSON.stringify(sampleEvent("order-1", index + 1))),
);
const [servers = ""] = process.argv.slice(2);
const connection = await connect({ servers });

async function publish({ subject, count }: Order): Promise<void> {
  const busId = crypto.randomUUID().slice(-12);
  for (let sent = 0; sent < count; sent++) {
    const header = encoder.encode(`NATS/1.0\r\nAether-Bus: ${busId} ${sent + 1}\r\n\r\n`);
    connection.publish(subject, payloads[sent % BURST], { headers: { encode: () => header } as unknown as MsgHdrs });
    if (sent % BURST === BURST - 1) await connection.flush();
  }
}

process.on("message", (order: Order) => void publish(order));
process.on("disconnect", () => process.exit());
process.send?.("ready");
