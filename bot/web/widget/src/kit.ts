/**
 * What the loader lends to the chat, so that it is fetched once: build.mjs turns the chat's imports
 * of these modules into reads of `<attune-chat>.kit`.
 */
export * from "./dom";
export * from "./regions";
export * from "./store";
