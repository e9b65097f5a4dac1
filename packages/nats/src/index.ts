export type { ClientStatus } from "./client-status.ts";
export type {
  ClientPublishOptions,
  ClientSubscribeOptions,
  ClientSubscription,
  NatsConnection,
  NatsHeaders,
  NatsMessage,
  NatsServerInfo,
  NatsStatus,
} from "./connection.ts";
export { checkConnection } from "./connection.ts";
export type { ConnectionListener } from "./connection-watch.ts";
export { ConnectionWatch } from "./connection-watch.ts";
export { pause } from "./pause.ts";
export { decodeToken, encodeToken } from "./subject-token.ts";
export { decodeText, decodeUtf8, encodeJson, encodeText } from "./text.ts";
