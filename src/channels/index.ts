/** Every kind of channel there is. A new one is its file and its line here; a test fails while the line is missing. */
import type { ChannelKind } from "./channel.ts";
import { ntfy } from "./ntfy.ts";
import { webhook } from "./webhook.ts";

export const channels: readonly ChannelKind[] = [ntfy, webhook];
