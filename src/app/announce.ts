/**
 * What a person must know once central runs, on standard output. The token is shown here and nowhere else. Apart from the roles, so
 * that the demo does not load what reads configuration files.
 */
import type { RunningCentral } from "./central.ts";

export function announce(running: RunningCentral): void {
  say(`OpenHMS is at ${running.url}   (MQTT reports: ${running.mqttAddress})`);
  const { publicUrl } = running;
  // port 0 stands for whatever port was free: an address with it leads nowhere
  if (publicUrl !== running.url && new URL(publicUrl).port !== "0") say(`From other machines: ${publicUrl}`);
  if (running.newToken !== undefined) {
    say(`Access token, shown only this once: ${running.newToken}`);
    say("Log in with it on the web page, or send it as a bearer token; commands take it from OPENHMS_TOKEN.");
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
