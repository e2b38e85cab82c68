declare module "*.css" {
  const text: string;
  export default text;
}
declare const CHAT_INTEGRITY: string;
/** Address of the chat on the server of the loader, with its version. */
declare const CHAT_ADDRESS: string;
