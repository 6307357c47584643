/**
 * What somebody hears who listens to a virtual machine: its own wire through its own network into the reader of the product. Hides which
 * protocol it speaks.
 */
import type { Clock } from "../../lib/time.ts";
import type { HmsCode } from "../../model/code.ts";
import type { Readings } from "../../model/telemetry.ts";
import { createBambuWire } from "../../printers/bambu/wire.ts";
import { createMoonrakerReader, type FrameResult } from "../../printers/moonraker/reader.ts";
import { createKlipperWire } from "../../sim/klipper-wire.ts";
import { createLine } from "../../sim/line.ts";
import type { Machine } from "../../sim/machine.ts";
import { createWire } from "../../sim/wire.ts";

export interface Ear {
  /** Takes what the machine sends by now; what the network delays comes when the clock has got there. */
  listen(): void;
  close(): void;
}

export interface EarDeps {
  readonly machine: Machine;
  readonly clock: Clock;
  /** What a message of a Klipper host means. */
  readonly codeOf: (text: string) => HmsCode | undefined;
  readonly hear: (readings: Readings) => void;
}

export function openEar(deps: EarDeps): Ear {
  const line = createLine(deps.machine, deps.clock);
  const messages = deps.machine.facts.firmware === "klipper" ? klipperMessages(deps) : bambuMessages(deps);
  return {
    listen: () => {
      for (const understand of messages()) line.send(understand);
    },
    close: () => line.close(),
  };
}

type Messages = () => readonly (() => void)[];

function bambuMessages({ machine, hear }: EarDeps): Messages {
  const wire = createWire(machine);
  const parser = createBambuWire({ serial: machine.serial });
  let isFirst = true;
  return () => {
    const message = isFirst ? wire.full() : wire.push();
    isFirst = false;
    const understand = (): void => {
      const result = parser.merge(message);
      if (result.kind === "sample") hear(result.readings);
    };
    return [understand];
  };
}

function klipperMessages({ machine, clock, codeOf, hear }: EarDeps): Messages {
  const wire = createKlipperWire(machine, clock);
  const reader = createMoonrakerReader({ codeOf });
  const take = (result: FrameResult): void => {
    if (result.kind === "sample") hear(result.readings);
  };
  return () => {
    // time passes for the reader whatever the network does
    take(reader.tick(clock.now()));
    return wire.frames().map((frame) => () => take(reader.accept(frame, clock.now())));
  };
}
