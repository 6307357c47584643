/**
 * A printer that is played in this process: what the virtual machine sends goes through the same reader as a real one's, without a
 * socket. For fleets of hundreds and for tests; the one adapter that knows the simulator.
 */
import { type Static, Type } from "typebox";
import { at } from "../lib/time.ts";
import type { Readings } from "../model/telemetry.ts";
import { parseFaultAt } from "../sim/faults/index.ts";
import { createKlipperWire } from "../sim/klipper-wire.ts";
import { createLine } from "../sim/line.ts";
import { createMachine, type Machine } from "../sim/machine.ts";
import { type Model, MODEL_FACTS, MODELS } from "../sim/models.ts";
import { createWire } from "../sim/wire.ts";
import { type AdapterDeps, type AdapterEvents, type Connection, defineAdapter } from "./adapter.ts";
import { createBambuWire } from "./bambu/wire.ts";
import { createMoonrakerReader, type FrameResult } from "./moonraker/reader.ts";

const VirtualConfig = Type.Object(
  {
    model: Type.Optional(Type.Union(MODELS.map((model) => Type.Literal(model)))),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff })),
    speed: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000, description: "simulated seconds per second" })),
    faults: Type.Optional(
      Type.Array(
        Type.String({ pattern: "^[a-z0-9-]+(:[0-9.]+)?(@[0-9]+(\\.[0-9]+)?s?)?$", description: "NAME, NAME@SECONDS or NAME:SIZE@SECONDS" }),
        {
          description: "NAME@SECONDS or NAME:SIZE@SECONDS: faults that come by themselves",
        },
      ),
    ),
  },
  { additionalProperties: false },
);

const MAX_ADVANCE_S = 1_000;

interface Play {
  readonly machine: Machine;
  /** Simulated seconds per second. */
  readonly speed: number;
  /** Before each message; sets the faults that are due. */
  readonly beforePush: () => void;
}

/** How a kind of machine speaks. */
interface Ear {
  readonly everyMs: number;
  /** More of its time may not pass between two looks, however fast it runs. */
  readonly everyS: number;
  /** What it sends now; each is understood once it has arrived. `isNew`: the connection is. */
  listen(isNew: boolean): readonly (() => Readings | undefined)[];
}

type Warn = (kind: string) => void;

function bambuEar(machine: Machine, warn: Warn): Ear {
  const wire = createWire(machine);
  const parser = createBambuWire({ serial: machine.serial });
  function understand(message: unknown): Readings | undefined {
    const result = parser.merge(message);
    if (result.kind === "sample" || result.kind === "version") return result.readings;
    warn(result.kind);
    return undefined;
  }
  return {
    everyMs: 1_000,
    everyS: MAX_ADVANCE_S,
    listen: (isNew) => {
      if (!machine.isOnline()) return [];
      const messages = isNew ? [wire.version("0"), wire.full()] : [wire.push()];
      return messages.map((message) => () => understand(message));
    },
  };
}

/** A host tells its state four times a second, and its own tests only once. */
function klipperEar(machine: Machine, { clock, codeOf = () => undefined }: AdapterDeps, warn: Warn): Ear {
  const wire = createKlipperWire(machine, clock);
  const reader = createMoonrakerReader({ codeOf });
  function readingsOf(result: FrameResult): Readings | undefined {
    if (result.kind === "ignored") warn(result.reason);
    return result.kind === "sample" ? result.readings : undefined;
  }
  return {
    everyMs: 250,
    everyS: 1,
    listen: () => {
      const frames = wire.frames().map((frame) => () => readingsOf(reader.accept(frame, clock.now())));
      return [() => readingsOf(reader.tick(clock.now())), ...frames];
    },
  };
}

/** Plays a machine that somebody else holds too: it lives by the clock, and what it sends goes through the reader of its kind. */
export function playMachine({ machine, speed, beforePush }: Play, events: AdapterEvents, deps: AdapterDeps): Connection {
  const { clock, log } = deps;
  const line = createLine(machine, clock);
  const warn: Warn = (kind) => log.warn({ serial: machine.serial, kind }, "the virtual printer was not understood");
  const ear = machine.facts.firmware === "klipper" ? klipperEar(machine, deps, warn) : bambuEar(machine, warn);
  let wasOnline: boolean | undefined;
  let last = clock.now();

  function listen(): void {
    const isOnline = machine.isOnline();
    if (isOnline && wasOnline !== true) events.link({ connected: true });
    const messages = ear.listen(isOnline && wasOnline !== true);
    for (const understand of isOnline ? messages : []) {
      line.send(() => {
        const readings = understand();
        if (readings !== undefined) events.sample({ at: at(clock.now()), readings });
      });
    }
    if (!isOnline && wasOnline !== false)
      events.link({ connected: false, cause: "silent", reason: "the virtual printer dropped off the network; clear its fault" });
    wasOnline = isOnline;
  }

  function beat(): void {
    cancel = clock.setTimer(ear.everyMs, beat);
    const now = clock.now();
    // after a suspended computer the machine does not live through all of it at once
    let leftS = Math.min(((now - last) / 1_000) * speed, MAX_ADVANCE_S);
    last = now;
    do {
      const seconds = Math.min(leftS, ear.everyS);
      machine.advance(seconds);
      leftS -= seconds;
      beforePush();
      listen();
    } while (leftS > 1e-9);
  }
  // many of them must not all speak in the same instant
  let cancel = clock.setTimer(Math.floor(deps.random() * ear.everyMs), beat);
  return {
    close: () => {
      cancel();
      line.close();
      return Promise.resolve();
    },
  };
}

/** A machine that speaks four times a second lives as often. */
export const stepOf = (model: Model): { readonly stepS?: number } => (MODEL_FACTS[model].firmware === "klipper" ? { stepS: 0.25 } : {});

function connect(config: Static<typeof VirtualConfig>, events: AdapterEvents, deps: AdapterDeps): Connection {
  const { model = "X1C", seed = 1 } = config;
  const machine = createMachine({ model, seed, start: "printing", ...stepOf(model) });
  let due = (config.faults ?? []).flatMap((text) => parseFaultAt(text) ?? []);
  const beforePush = (): void => {
    for (const fault of due.filter((one) => one.atS <= machine.elapsedS())) machine.setFault(fault.name, { size: fault.size });
    due = due.filter((one) => one.atS > machine.elapsedS());
  };
  return playMachine({ machine, speed: config.speed ?? 1, beforePush }, events, deps);
}

export const virtual = defineAdapter({
  kind: "virtual",
  config: VirtualConfig,
  connect: (_printer, config, events, deps) => connect(config, events, deps),
});
