export { MyDocumentStore, myDocumentStoreSupports } from "./my-document-store.ts";
