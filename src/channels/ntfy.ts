/** Posts to an ntfy topic, so that a phone buzzes: urgency from the priority, a tap opens the alert. Published as JSON, because headers cannot carry every letter. */
import { Type } from "typebox";
import type { Priority } from "../model/priority.ts";
import { postJson } from "../lib/post.ts";
import { defineChannel, type Notification } from "./channel.ts";

const NtfyConfig = Type.Object(
  {
    url: Type.String({ pattern: "^https?://[^/]+/.*[A-Za-z0-9_-]+$", description: "the topic's address, like https://ntfy.sh/my-topic" }),
    token: Type.Optional(Type.String({ minLength: 1, description: "access token, where the topic is protected" })),
  },
  { additionalProperties: false },
);

/** ntfy's 5 (overrides do-not-disturb) to 1 (no sound). */
const URGENCY: Readonly<Record<Priority, number>> = { urgent: 5, high: 4, normal: 3, low: 2, log: 1 };
const QUIET = 2;

const TAGS: Readonly<Record<string, string>> = { error: "rotating_light", warning: "warning", info: "information_source" };

function message(topic: string, notification: Notification): Record<string, unknown> {
  const { kind, alert, title, body, url } = notification;
  const isNews = kind === "raise" || kind === "remind";
  const urgency = URGENCY[alert.priority];
  return {
    topic,
    title,
    message: body,
    priority: isNews ? urgency : Math.min(QUIET, urgency),
    tags: [kind === "clear" ? "white_check_mark" : (TAGS[alert.severity] ?? "grey_question")],
    click: url,
  };
}

export const ntfy = defineChannel({
  kind: "ntfy",
  config: NtfyConfig,
  create: (config, { fetch }) => {
    const cut = config.url.lastIndexOf("/");
    const server = config.url.slice(0, cut + 1);
    const topic = config.url.slice(cut + 1);
    const headers = config.token === undefined ? {} : { authorization: `Bearer ${config.token}` };
    return { send: (notification, signal) => postJson(fetch, { url: server, headers, body: message(topic, notification), signal }) };
  },
});
