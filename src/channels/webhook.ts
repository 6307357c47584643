/** Posts each notification as JSON to an address of your own. Repeats carry the same `id`, in the body and as `Idempotency-Key`. */
import { Type } from "typebox";
import { postJson } from "../lib/post.ts";
import { defineChannel } from "./channel.ts";

const WebhookConfig = Type.Object(
  {
    url: Type.String({ pattern: "^https?://", description: "the address to post to, like https://host/path" }),
    secret: Type.Optional(Type.String({ minLength: 1, description: "sent as a header, so that the receiver knows us" })),
    secretHeader: Type.Optional(
      Type.String({ pattern: "^[A-Za-z0-9-]+$", description: "a header name of letters, digits and -; X-OpenHMS-Secret by default" }),
    ),
  },
  { additionalProperties: false },
);

export const webhook = defineChannel({
  kind: "webhook",
  config: WebhookConfig,
  create: (config, { fetch }) => {
    const secret = config.secret === undefined ? {} : { [config.secretHeader ?? "X-OpenHMS-Secret"]: config.secret };
    return {
      send: (notification, signal) =>
        postJson(fetch, { url: config.url, headers: { "idempotency-key": notification.id, ...secret }, body: notification, signal }),
    };
  },
});
