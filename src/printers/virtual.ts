/**
 * A printer that is played in this process: the virtual machine's own wire bytes go through the Bambu parser, without a socket. For
 * fleets of hundreds and for tests; the one adapter that knows the simulator.
 */
import { type Static, Type } from "typebox";
import { at } from "../lib/time.ts";
import { parseFaultAt } from "../sim/faults.ts";
import { createMachine, type Machine } from "../sim/machine.ts";
import { MODELS } from "../sim/models.ts";
import { createWire } from "../sim/wire.ts";
import { type AdapterDeps, type AdapterEvents, type Connection, defineAdapter } from "./adapter.ts";
import { createBambuWire } from "./bambu/wire.ts";

const VirtualConfig = Type.Object(
  {
    model: Type.Optional(Type.Union(MODELS.map((model) => Type.Literal(model)))),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
    speed: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000, description: "simulated seconds per second" })),
    faults: Type.Optional(
      Type.Array(Type.String({ pattern: "^[a-z0-9-]+(@[0-9]+(\\.[0-9]+)?s?)?$", description: "NAME or NAME@SECONDS" }), {
        description: "NAME@SECONDS: faults that come by themselves",
      }),
    ),
  },
  { additionalProperties: false },
);

const PUSH_EVERY_MS = 1_000;
const MAX_ADVANCE_S = 1_000;

interface Play {
  readonly machine: Machine;
  /** Simulated seconds per second. */
  readonly speed: number;
  /** Before each message; sets the faults that are due. */
  readonly beforePush: () => void;
}

/** Plays a machine that somebody else holds too: it lives by the clock and its wire bytes go through the Bambu parser. */
export function playMachine({ machine, speed, beforePush }: Play, events: AdapterEvents, deps: AdapterDeps): Connection {
  const { clock, log } = deps;
  const wire = createWire(machine);
  const parser = createBambuWire({ serial: machine.serial });
  let wasOnline: boolean | undefined;
  let last = clock.now();

  function hear(message: Readonly<Record<string, unknown>> | undefined): void {
    if (message === undefined) return;
    const result = parser.accept(Buffer.from(JSON.stringify(message)));
    if (result.kind === "sample" || result.kind === "version") events.sample({ at: at(clock.now()), readings: result.readings });
    else log.warn({ serial: machine.serial, kind: result.kind }, "the virtual printer was not understood");
  }

  function beat(): void {
    cancel = clock.setTimer(PUSH_EVERY_MS, beat);
    const now = clock.now();
    // after a suspended computer the machine does not live through all of it at once
    machine.advance(Math.min(((now - last) / 1_000) * speed, MAX_ADVANCE_S));
    last = now;
    beforePush();
    const isOnline = machine.isOnline();
    if (isOnline && wasOnline !== true) {
      events.link({ connected: true });
      hear(wire.version("0"));
      hear(wire.full());
    } else if (isOnline) hear(wire.push());
    else if (wasOnline !== false)
      events.link({ connected: false, cause: "silent", reason: "the virtual printer dropped off the network; clear its fault" });
    wasOnline = isOnline;
  }
  // many of them must not all speak in the same instant
  let cancel = clock.setTimer(Math.floor(deps.random() * PUSH_EVERY_MS), beat);
  return {
    close: () => {
      cancel();
      return Promise.resolve();
    },
  };
}

function connect(config: Static<typeof VirtualConfig>, events: AdapterEvents, deps: AdapterDeps): Connection {
  const machine = createMachine({ model: config.model ?? "X1C", seed: config.seed ?? 1, start: "printing" });
  let due = (config.faults ?? []).flatMap((text) => parseFaultAt(text) ?? []);
  const beforePush = (): void => {
    for (const fault of due.filter((one) => one.atS <= machine.elapsedS())) machine.setFault(fault.name);
    due = due.filter((one) => one.atS > machine.elapsedS());
  };
  return playMachine({ machine, speed: config.speed ?? 1, beforePush }, events, deps);
}

export const virtual = defineAdapter({
  kind: "virtual",
  config: VirtualConfig,
  connect: (_printer, config, events, deps) => connect(config, events, deps),
});
