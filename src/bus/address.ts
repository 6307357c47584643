/**
 * A broker's address as MQTT.js takes it in parts. Given the URL as text, MQTT.js reads it with `url.parse`, of which Node warns at
 * every start. The address comes from the configuration, which has checked its scheme.
 */
import type { IClientOptions } from "mqtt";

const PROTOCOLS = ["mqtt", "mqtts", "tcp", "ssl", "ws", "wss"] as const;

export function brokerAddress(url: string): IClientOptions {
  const { protocol, hostname, port, username, password, pathname, search } = new URL(url);
  const scheme = PROTOCOLS.find((one) => `${one}:` === protocol) ?? "mqtt";
  return {
    protocol: scheme,
    // an IPv6 address stands in brackets only within a URL
    host: hostname.replace(/^\[|\]$/g, ""),
    ...(port === "" ? {} : { port: Number(port) }),
    ...(scheme === "ws" || scheme === "wss" ? { path: `${pathname}${search}` } : {}),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
  };
}
