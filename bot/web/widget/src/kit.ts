/**
 * What the loader lends to the chat, so that it is fetched once: build.mjs turns the chat's imports
 * of these modules into reads of `AttuneChat.kit`, and that into a list. (`export *` costs 200 bytes more.)
 */
import { adopt, h, icon } from "./dom";
import { builtin, dial } from "./regions";
import { forgetConversation, leave, load, save } from "./store";

export const kit = { adopt, h, icon, builtin, dial, forgetConversation, leave, load, save };
