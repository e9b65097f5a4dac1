export { MyEventStore, myStoreSupports } from "./my-event-store.ts";
