/** What only the vendor's own eyes see: camera, lidar, card, and codes that nobody has explained. */
import { type HmsCode, parseCode } from "../../model/code.ts";
import { codes, type Fault, type FaultEffect, onBambu, SUDDEN } from "./fault.ts";

interface Told {
  readonly effect?: FaultEffect;
  readonly device?: HmsCode;
  readonly noticedAfterS?: number;
}

function told(name: string, about: string, code: string, { effect = "none", device, noticedAfterS = 1 }: Told = {}): Fault {
  const vendor = { effect, hms: codes(code), noticedAfterS, ...(device !== undefined && { device }) };
  return { name, about, onset: SUDDEN, vendor, expects: {}, needs: onBambu };
}

export const VENDOR_FAULTS: readonly Fault[] = [
  told("spaghetti", "the print came loose and the camera sees spaghetti", "0C00-0300-0003-0008", {
    effect: "pause",
    device: parseCode("0300-8003"),
    noticedAfterS: 5,
  }),
  { ...told("first-layer", "the first layer looks bad to the lidar", "0C00-0300-0003-0007"), needs: (facts) => facts.hasLidar },
  told("chute-pileup", "purged filament piles up in the waste chute", "0C00-0300-0003-0006", { noticedAfterS: 2 }),
  {
    name: "chamber-hot",
    about: "the chamber gets too warm; the note comes and goes as the exhaust fan works against it",
    onset: SUDDEN,
    damage: (strength) => ({ ambientOffsetC: 20 * strength }),
    vendor: { effect: "none", hms: codes("0300-A700-0003-0001"), noticedAfterS: 3, flaps: { onS: 7, offS: 5 } },
    expects: {},
    needs: (facts) => facts.firmware === "bambu" && facts.body.isEnclosed && facts.hasChamberSensor,
  },
  told("card-unformatted", "the memory card is not formatted", "0500-0100-0003-0006"),
  told("internal-code", "a code the vendor keeps to itself", "0500-0600-0002-0070"),
  told("undocumented-code", "a code nobody has documented", "0300-F200-0002-0042"),
];
