// Publishes events when its parent process sends a command, so that the parent process only receives events. Payloads
// are prepared in advance, because the publisher must be faster than the receiver.
import { connect, type MsgHdrs } from "@nats-io/transport-node";
import { sampleEvent } from "../sample-event.ts";
import { BURST, type PublishCommand } from "./publish-command.ts";

const encoder = new TextEncoder();
const payloads = Array.from({ length: BURST }, (_, index) =>
  encoder.encode(JSON.stringify(sampleEvent("order-1", index + 1))),
);
const [servers = ""] = process.argv.slice(2);
const connection = await connect({ servers });

async function publish({ subject, count }: PublishCommand): Promise<void> {
  const busId = crypto.randomUUID().slice(-12);
  for (let sent = 0; sent < count; sent++) {
    const header = encoder.encode(`NATS/1.0\r\nAether-Bus: ${busId} ${sent + 1}\r\n\r\n`);
    connection.publish(subject, payloads[sent % BURST], { headers: { encode: () => header } as unknown as MsgHdrs });
    if (sent % BURST === BURST - 1) await connection.flush();
  }
}

process.on("message", (command: PublishCommand) => void publish(command));
process.on("disconnect", () => process.exit());
process.send?.("ready");
